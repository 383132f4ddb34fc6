// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"
#include "core/model/layer_view.h"

#include <vector>

namespace isentrope {

/// A trace of the engine with the model that made it, as the functions below look at it. They
/// answer with an Error where a request does not fit the trace, and throw Stopped.
template <class Real>
struct TraceView {
    MapSource<Real> source;
    const Trace<Real>& trace;
    Lens<Real> lens; ///< of a what-if, or empty
};

template <class Real>
[[nodiscard]] Expected<Region> viewRegion(const TraceView<Real>& view,
                                          const RegionRequest& request);
template <class Real>
[[nodiscard]] Expected<Region> viewDifference(const TraceView<Real>& a, const TraceView<Real>& b,
                                              const DifferenceRequest& request);
template <class Real>
[[nodiscard]] Expected<std::vector<float>> viewQueryRows(const TraceView<Real>& view, int layer,
                                                         const std::vector<std::int64_t>& queries);
template <class Real>
[[nodiscard]] Expected<std::vector<float>> viewKeyColumns(const TraceView<Real>& view, int layer,
                                                          const std::vector<std::int64_t>& keys);
template <class Real>
[[nodiscard]] Expected<CellDetail> viewCell(const TraceView<Real>& view, int layer,
                                            std::int64_t query, std::int64_t key);
template <class Real>
[[nodiscard]] Expected<WhatIfResult> viewWhatIf(const TraceView<Real>& view, int layer, Span rows,
                                                std::stop_token stop);
template <class Real>
[[nodiscard]] Expected<std::vector<float>> viewSampleLogits(const TraceView<Real>& view, int layer,
                                                            std::int64_t count, std::uint64_t seed);

/// The layer in the trace, or an Error that says which are kept.
template <class Real>
[[nodiscard]] Expected<const LayerTrace<Real>*> keptLayer(const Trace<Real>& trace, int layer);

} // namespace isentrope
