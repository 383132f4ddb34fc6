// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/checkpoint/tensor_directory.h"

namespace isentrope {

/// Most bytes a safetensors header may have, by the format's own rule.
inline constexpr std::uint64_t largestSafetensorsHeader = 100'000'000;

/// The header of a safetensors file: every tensor inside the file, no gap, no overlap, no tail.
[[nodiscard]] Expected<TensorDirectory> readSafetensors(const File& file);

} // namespace isentrope
