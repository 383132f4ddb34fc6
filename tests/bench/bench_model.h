// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/checkpoint.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace isentrope::bench {

/// Writes a checkpoint of random weights with the sizes of the published model: D 768, e 1536,
/// d 128, 12,000 tokens, L0 64.
[[nodiscard]] Expected<void> writeModel(const std::filesystem::path& folder, std::int64_t layers);

[[nodiscard]] std::vector<std::int32_t> randomIds(std::int64_t length);

} // namespace isentrope::bench
