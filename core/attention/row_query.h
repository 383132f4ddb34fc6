// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace isentrope {

/// Place of a cell among its row, 1 for the largest; equals count in the order of their columns.
[[nodiscard]] std::int64_t rankInRow(std::span<const float> weights, std::int64_t column);

/// The columns of the k largest weights of a row, largest first, equals in the order of their
/// columns; fewer where the row is shorter.
[[nodiscard]] std::vector<std::int64_t> largestColumns(std::span<const float> weights,
                                                       std::int64_t k);

/// The column whose rank is one better than that of `column`; nothing for the largest.
[[nodiscard]] std::optional<std::int64_t> nextLarger(std::span<const float> weights,
                                                     std::int64_t column);

/// The weight of a row on hidden keys (1: hidden), which the row loses when they are left out.
[[nodiscard]] double hiddenMass(std::span<const float> weights,
                                std::span<const std::uint8_t> hidden);

} // namespace isentrope
