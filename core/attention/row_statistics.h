// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/row_kernels.h"
#include "core/attention/row_pass.h"

#include <cstdint>
#include <limits>

namespace isentrope {

/// A whole row's sums, about its largest logit.
struct RowTotal {
    WeightSums sums;
    double logSumExp = std::numeric_limits<double>::infinity();

    /// False where no logit is above -infinity: no weights, no statistics.
    [[nodiscard]] bool alive() const { return sums.mass != 0; }
};

template <class Real>
[[nodiscard]] RowTotal totalOf(const RowSums<Real>& sums);

/// Entropy in nats from shifted sums: H = ln mass - moment / mass; 0 where there is no mass.
[[nodiscard]] double entropyOf(const WeightSums& sums);

/// What follows from the sums of row i alone: all but the near, sink and span masses.
template <class Real>
void writeStatistics(const RowSums<Real>& sums, const RowTotal& total, std::int64_t row,
                     RowStatistics<Real>& statistics);

/// beta = max(1, p(H)) where H > threshold, else 1.
template <class Real>
[[nodiscard]] Real adaptiveScale(const RowPlan<Real>& plan, double entropy);

} // namespace isentrope
