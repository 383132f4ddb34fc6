// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace isentrope {

/// ceil(count / stride): how many bins of `stride` cells cover `count` cells.
[[nodiscard]] constexpr std::int64_t binCount(std::int64_t count, std::int64_t stride) {
    return (count + stride - 1) / stride;
}

/// bins[c] += sum of columns [c * stride, (c + 1) * stride).
template <class Real>
void addPooled(std::span<const Real> columns, std::int64_t stride, float* bins);

/// bins[c] = the largest of itself and columns [c * stride, (c + 1) * stride).
template <class Real>
void raisePooled(std::span<const Real> columns, std::int64_t stride, float* bins);

} // namespace isentrope
