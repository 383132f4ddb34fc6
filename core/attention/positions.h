// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheme/plan.h"

#include <cstdint>
#include <span>
#include <vector>

namespace isentrope {

/// Cosine and sine of each position's angle in every plane, times the plan's magnitude; computed
/// in double and rounded once. Row-major: positions x (d / 2).
template <class Real>
struct RotationTable {
    std::vector<Real> cosine, sine;
};

template <class Real>
[[nodiscard]] RotationTable<Real> rotationTable(const PositionPlan& plan,
                                                std::span<const double> positions);

/// Two-piece positions as rotations. A pair with D = i - j and |D| < nearBelow uses the near
/// product (positions i and j themselves); a far one uses
///   < R(position(i) + sign(D) * offset) q_i , R(position(j)) k_j >
/// which covers ReRoPE (position 0, offset w), Leaky (p / k, w - w / k) and Self-Extend
/// (floor(p / g), w - floor(w / g)). In the reference code's branch both signs rotate q by w - 1
/// and k stays raw: interleaved, where q has its planes moved to halves.
struct FarPositions {
    bool needed = false; ///< false: one product serves every pair
    std::int64_t nearBelow = 0;
    std::vector<double> position; ///< n values
    double offset = 0;
    bool rawKey = false;
    bool sameSign = false; ///< the offset is added for both signs
};
[[nodiscard]] FarPositions farPositions(const Plan& plan);

/// Signed relative position at which the pair (i, j) stands under the mask's far sinks: only asked
/// for pairs with |i - j| > window that are open through a sink, FarSinks not Absolute.
[[nodiscard]] double farSinkDistance(const MaskPlan& mask, std::int64_t i, std::int64_t j);

} // namespace isentrope
