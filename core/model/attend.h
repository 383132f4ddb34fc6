// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/block_buffers.h"
#include "core/model/kernels.h"
#include "core/model/layer_pairs.h"
#include "core/model/progress_meter.h"

#include <memory>

namespace isentrope {

/// v and z of one layer for one text, on the device.
struct TextValues {
    std::shared_ptr<const at::Tensor> values; ///< n x e, bfloat16 where the product wants it
    std::shared_ptr<const at::Tensor> z;      ///< n x d without gaps
};

/// Cuts the layer's common product (v and z side by side, rows of all texts) into texts.
class LayerValues {
public:
    LayerValues(const at::Tensor& valuesAndKeys, std::int64_t intermediate, bool bfloat);
    [[nodiscard]] TextValues text(std::int64_t index, std::int64_t length) const;

private:
    TextValues m_all;
};

/// Attention of one layer for one text, block by block: similarities, fused pass, times values.
template <class Real>
class Attend {
public:
    Attend(const Network<Real>& network, const Kernels& kernels, std::int64_t layer,
           const PlanTables<Real>& tables, const std::vector<std::uint8_t>& openKey,
           const StatisticsOptions& statistics, TextValues values);

    /// Fills part.attended with rows of A v. Different texts may run on different threads.
    void block(Span rows, const BlockPart& part, const ProgressMeter& progress);
    /// After the last block: the values are let go, the results start on their way.
    void collect();
    [[nodiscard]] PassResult<Real> finish() { return m_pass->finish(); }
    [[nodiscard]] const std::shared_ptr<const at::Tensor>& z() const { return m_values.z; }

private:
    void timesValues(Span rows, const BlockPart& part, const ProgressMeter& progress) const;

    const Kernels& m_kernels;
    const PlanTables<Real>& m_tables;
    TextValues m_values;
    LayerPairs<Real> m_pairs;
    std::unique_ptr<BlockPass<Real>> m_pass;
};

extern template class Attend<float>;
extern template class Attend<double>;

} // namespace isentrope
