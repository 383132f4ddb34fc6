// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/quantile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace isentrope {

double quantile(std::span<const double> ascending, double share) {
    if (ascending.empty()) return std::numeric_limits<double>::quiet_NaN();
    const double place = share * static_cast<double>(ascending.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(place));
    const std::size_t above = std::min(below + 1, ascending.size() - 1);
    return std::lerp(ascending[below], ascending[above], place - static_cast<double>(below));
}

} // namespace isentrope
