// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheme/entry.h"

#include <string_view>

namespace isentrope {

/// Compiles what a person writes in `temperature("…")` or `bias("…")`: numbers, + - * / ^ ( ),
/// ln log2 exp sqrt abs min max floor, and n, L (or L0), d, t, i. A temperature may be a pair
/// "a ; m", a factor over t or over i and a bias over t; a bias is one formula over t.
[[nodiscard]] tl::expected<Recipe, FormulaProblem> ownRecipe(Axis axis, std::string_view text);

} // namespace isentrope
