// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/axis.h"

namespace isentrope {
namespace {

constexpr std::array<std::string_view, axisCount> names = {"similarity", "position", "temperature",
                                                           "bias", "mask"};

} // namespace

std::string_view axisName(Axis axis) {
    return names[static_cast<std::size_t>(axis)];
}

std::optional<Axis> axisCalled(std::string_view name) {
    for (const Axis axis : allAxes) {
        if (axisName(axis) == name) return axis;
    }
    return std::nullopt;
}

bool takesOwnFormula(Axis axis) {
    return axis == Axis::Temperature || axis == Axis::Bias;
}

} // namespace isentrope
