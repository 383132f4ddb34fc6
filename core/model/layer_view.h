// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/kernels.h"
#include "core/model/layer_pairs.h"
#include "core/model/progress_meter.h"
#include "core/model/trace.h"

#include <memory>
#include <vector>

namespace isentrope {

/// Where a model's maps come from: all that is needed beside a trace.
template <class Real>
struct MapSource {
    const Network<Real>& network;
    const Kernels& kernels;
};

/// How a trace is looked at: under its own plan or another one, with keys left out or not.
template <class Real>
struct Lens {
    std::shared_ptr<const PlanTables<Real>> tables; ///< of another plan with z held, or null
    std::vector<std::uint8_t> hiddenKeys;           ///< n bytes, 1: left out; or empty
};

/// The exact weights of one layer for some columns. Under the trace's own plan they follow from
/// the kept log-sum-exp; else the rows asked for are summed again over all columns.
template <class Real>
class LayerView {
public:
    LayerView(const MapSource<Real>& source, const Trace<Real>& trace,
              const LayerTrace<Real>& layer, const Lens<Real>& lens, Span columns);

    /// rows x columns, row-major, in host memory.
    [[nodiscard]] std::vector<Real> weights(Span rows) const;
    /// The similarities behind them, before factor, bias and mask.
    [[nodiscard]] std::vector<Real> similarities(Span rows) const;
    /// Every statistic of these rows, summed anew. Only for a view of all columns.
    [[nodiscard]] PassResult<Real> pass(Span rows, const StatisticsOptions& statistics,
                                        ProgressMeter& progress) const;

private:
    [[nodiscard]] bool summedAnew() const;
    [[nodiscard]] std::vector<std::uint8_t> openKey() const;
    [[nodiscard]] Span pairColumns(Span columns) const;
    [[nodiscard]] std::vector<Real> fromLogSumExp(Span rows) const;
    [[nodiscard]] std::vector<Real> fromPass(Span rows) const;

    const MapSource<Real> m_source;
    const Trace<Real>& m_trace;
    const LayerTrace<Real>& m_layer;
    const Lens<Real>& m_lens;
    const PlanTables<Real>& m_tables;
    Span m_columns;
    LayerPairs<Real> m_pairs;
};

extern template class LayerView<float>;
extern template class LayerView<double>;

} // namespace isentrope
