// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/row_pass.h"

namespace isentrope {

/// The statistics in the precision that core/engine.h shows.
template <class Real>
[[nodiscard]] RowStatistics<float> toFloat(const RowStatistics<Real>& from) {
    const auto narrowed = [](const std::vector<Real>& values) {
        return std::vector<float>(values.begin(), values.end());
    };
    return {from.rows,
            from.ranges,
            from.spans,
            narrowed(from.logSumExp),
            narrowed(from.entropy),
            narrowed(from.maxWeight),
            from.maxColumn,
            narrowed(from.nearMass),
            narrowed(from.sinkMass),
            narrowed(from.meanDistance),
            narrowed(from.rangeMass),
            narrowed(from.rangeEntropy),
            narrowed(from.spanMass)};
}

} // namespace isentrope
