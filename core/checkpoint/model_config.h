// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/scheme/plan.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

class Catalogue;

/// The sizes of a GAU-alpha model and what it was trained with, from config.json.
struct ModelConfig {
    std::int64_t layers = 24;
    std::int64_t hidden = 768;        ///< D
    std::int64_t intermediate = 1536; ///< e: size of u and v
    std::int64_t keySize = 128;       ///< d: size of z
    std::int64_t vocabulary = 12000;
    std::int64_t tokenTypes = 2;
    std::int64_t trainLength = 512; ///< L0
    std::int64_t padId = 0;
    double normEpsilon = 1e-12;
    bool useBias = false;
    Similarity similarity;             ///< trained with
    std::string scheme;                ///< trained with, canonical notation, similarity included
    std::string task;                  ///< the needle task its card names, or empty
    std::vector<std::string> assumed;  ///< fields that were missing and took the default
    std::vector<std::string> warnings; ///< odd, but not in the way
};

/// Reads config.json of the original port, of the InfoScale repository's models, and of our own.
[[nodiscard]] Expected<ModelConfig> readModelConfig(const std::filesystem::path& file,
                                                    const Catalogue& catalogue);

/// The same from the content of such a file; `source` names it in messages.
[[nodiscard]] Expected<ModelConfig> parseModelConfig(std::string_view text, std::string_view source,
                                                     const Catalogue& catalogue);

} // namespace isentrope
