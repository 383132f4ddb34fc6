// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace isentrope::cli {

/// Sizes of a model with seeded random weights, scaled so that logits have a standard deviation of
/// a few: a softmax that is neither flat nor one-hot, where errors show.
struct RandomCheckpoint {
    std::int64_t layers = 3;
    std::int64_t hidden = 96;
    std::int64_t intermediate = 192;
    std::int64_t keySize = 64;
    std::int64_t vocabulary = 512;
    std::int64_t trainLength = 64;
    std::uint64_t seed = 1;
};

/// Writes config.json and model.safetensors into `folder`, which must exist.
[[nodiscard]] Expected<void> writeRandomCheckpoint(const RandomCheckpoint& sizes,
                                                   const std::filesystem::path& folder);

/// `count` token ids, seeded, none of them padding.
[[nodiscard]] std::vector<std::int32_t> randomIds(std::int64_t count, std::int64_t vocabulary,
                                                  std::uint64_t seed);

} // namespace isentrope::cli
