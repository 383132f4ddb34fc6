// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheme/notation.h"
#include "core/scheme/plan.h"

#include <optional>
#include <string_view>

namespace isentrope {

/// What an editor says while an own formula is typed: where it cannot be read, else the first of
/// 1, 2, 4, … 64 times L0 at which it is not finite. Columns count in the formula.
[[nodiscard]] std::optional<NotationProblem> ownFormulaProblem(Axis axis, std::string_view formula,
                                                               std::int64_t trainLength,
                                                               int keySize);

} // namespace isentrope
