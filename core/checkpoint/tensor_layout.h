// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/checkpoint/tensor_directory.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace isentrope {

inline constexpr std::size_t mostDimensions = 8;

/// Product of the sizes, multiplied from the left; nothing where a size is negative or a step
/// does not fit, even where a later size of 0 would bring it back.
[[nodiscard]] std::optional<std::int64_t> checkedCount(std::span<const std::int64_t> shape);

/// Strides of rows laid end to end. The shape has passed checkedCount.
[[nodiscard]] std::vector<std::int64_t> rowMajorStrides(std::span<const std::int64_t> shape);

/// How many elements of the storage, counted from element 0 of the view, the view spans: one more
/// than the furthest it touches, 0 where it is empty; nothing where that does not fit.
[[nodiscard]] std::optional<std::int64_t> checkedReach(std::span<const std::int64_t> shape,
                                                       std::span<const std::int64_t> strides);

/// The first tensor of type Bool that holds a byte other than 0 and 1 is refused by name.
[[nodiscard]] Expected<void> checkBooleans(const File& file, std::span<const TensorEntry> tensors);

} // namespace isentrope
