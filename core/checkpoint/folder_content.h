// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

/// Names in a folder, sorted; at most 10,000, none where it cannot be read.
[[nodiscard]] std::vector<std::string> namesInFolder(const std::filesystem::path& folder);

/// Its sub-folders that hold a config.json, sorted.
[[nodiscard]] std::vector<std::string> subFoldersWithConfig(const std::filesystem::path& folder);

/// The path of `name` in `folder`, empty where there is none. Refuses what is not a regular file,
/// a link to nothing, and a link that leaves the folder; the links of the Hugging Face cache into
/// the blobs beside its snapshots are no leaving.
[[nodiscard]] Expected<std::filesystem::path> fileInFolder(const std::filesystem::path& folder,
                                                           std::string_view name);

/// Why a folder is no checkpoint: what was found in it, and what to do with that.
[[nodiscard]] Error missingConfig(const std::filesystem::path& folder);
[[nodiscard]] Error missingWeights(const std::filesystem::path& folder);

} // namespace isentrope
