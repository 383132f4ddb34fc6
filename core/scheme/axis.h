// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheme/scheme.h"

#include <array>
#include <optional>
#include <string_view>

namespace isentrope {

inline constexpr std::array<Axis, axisCount> allAxes = {Axis::Similarity, Axis::Position,
                                                        Axis::Temperature, Axis::Bias, Axis::Mask};

/// "similarity", "position", "temperature", "bias", "mask".
[[nodiscard]] std::string_view axisName(Axis axis);
[[nodiscard]] std::optional<Axis> axisCalled(std::string_view name);

/// Whether `axis("FORMULA")` is a part: temperature and bias.
[[nodiscard]] bool takesOwnFormula(Axis axis);

} // namespace isentrope
