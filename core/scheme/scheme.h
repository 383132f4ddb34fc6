// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace isentrope {

/// The five independent choices a scheme makes, in the order of the canonical print.
enum class Axis { Similarity, Position, Temperature, Bias, Mask };
inline constexpr std::size_t axisCount = 5;

/// One part of a scheme: a name of the catalogue with the parameters that were given, or a
/// person's own formula (`temperature("…")`, `bias("…")`).
struct Part {
    std::string name;
    std::map<std::string, double> parameters; ///< only what was written, not the defaults
    std::string formula;                      ///< only for the two own-formula parts

    bool operator==(const Part&) const = default;
};

/// A scheme is data: at most one part per axis. An absent part means the default of its axis
/// (similarity: what the checkpoint was trained with; position: rope; temperature: softmax;
/// bias: none; mask: full).
struct Scheme {
    std::array<std::optional<Part>, axisCount> parts;

    [[nodiscard]] const std::optional<Part>& part(Axis axis) const {
        return parts[static_cast<std::size_t>(axis)];
    }
    [[nodiscard]] std::optional<Part>& part(Axis axis) {
        return parts[static_cast<std::size_t>(axis)];
    }
    bool operator==(const Scheme&) const = default;
};

} // namespace isentrope
