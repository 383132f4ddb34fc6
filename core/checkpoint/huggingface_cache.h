// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

/// `org/name` or `name`, with the part behind an `@`: a branch, a tag, or the beginning of a
/// commit.
struct CacheName {
    std::string name;
    std::string revision; ///< empty: main, else the only snapshot
};

/// Nothing where the text cannot be the name of a model.
[[nodiscard]] std::optional<CacheName> parseCacheName(std::string_view text);

/// One downloaded version of a model.
struct CachedSnapshot {
    std::string name;
    std::string commit;            ///< empty where only refs or blobs are there
    std::vector<std::string> refs; ///< branches and tags that name the commit, main first
    std::filesystem::path folder;  ///< .../snapshots/COMMIT, or the model's folder without a commit
    bool unfinished = false;       ///< some blob of the model is still being downloaded
};

/// Where models are cached, as HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME, TRANSFORMERS_CACHE
/// and XDG_CACHE_HOME say. Whether the folders exist is not looked at.
[[nodiscard]] std::vector<std::filesystem::path> standardCacheRoots();

/// Every snapshot in the caches: by name, what main names first.
[[nodiscard]] std::vector<CachedSnapshot>
cachedSnapshots(std::span<const std::filesystem::path> roots);

/// The snapshots of one model folder (`models--ORG--NAME`); one without commit where it has none.
[[nodiscard]] std::vector<CachedSnapshot> snapshotsOf(const std::filesystem::path& modelFolder);

/// Picks one of a model's snapshots by revision; `source` names the request in messages.
[[nodiscard]] Expected<std::filesystem::path>
chooseSnapshot(const std::vector<CachedSnapshot>& snapshots, const std::string& revision,
               const std::string& source);

/// The folder of a cached model's snapshot. Nothing is ever written or downloaded.
[[nodiscard]] Expected<std::filesystem::path>
resolveCached(const CacheName& name, std::span<const std::filesystem::path> roots);

} // namespace isentrope
