// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace isentrope {

/// The value below which `share` (0 to 1) of the values lie, linear between neighbours: at place
/// share * (count - 1) of the ascending values. NaN where there are none.
[[nodiscard]] double quantile(std::span<const double> ascending, double share);

} // namespace isentrope
