// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <string>
#include <vector>

namespace isentrope {

/// Where names are looked up.
struct CheckpointPlaces {
    std::vector<std::filesystem::path> cacheRoots;
    std::vector<std::filesystem::path> demoFolders;

    /// As the environment and the installation say.
    [[nodiscard]] static CheckpointPlaces standard();
};

/// The files of a checkpoint. What is not there is an empty path: a tokenizer needs no weights,
/// and ids need no vocabulary.
struct CheckpointLocation {
    std::filesystem::path folder;
    std::filesystem::path config;
    std::filesystem::path weights; ///< a file, or the index of shards
    std::filesystem::path vocabulary;
};

/// `source`: a folder, a file inside it, `demo:NAME`, or a name in the Hugging Face cache with or
/// without `hf:` before and `@revision` behind. A path that exists wins over a cached name.
[[nodiscard]] Expected<CheckpointLocation>
locateCheckpoint(const std::string& source,
                 const CheckpointPlaces& places = CheckpointPlaces::standard());

} // namespace isentrope
