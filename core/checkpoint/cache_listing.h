// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/checkpoint/huggingface_cache.h"

#include <cstdint>
#include <optional>

namespace isentrope {

class Catalogue;

/// A snapshot of the cache with what a list shows about it.
struct CachedModel {
    CachedSnapshot snapshot;
    std::uint64_t bytes = 0;                 ///< of its files
    std::optional<std::int64_t> trainLength; ///< L0 where its config states it
    std::string reason;                      ///< why it cannot be used; empty: it can

    [[nodiscard]] bool usable() const { return reason.empty(); }
};

/// What the caches hold. Reads configurations and headers, never the weights.
[[nodiscard]] std::vector<CachedModel>
listCachedModels(std::span<const std::filesystem::path> roots, const Catalogue& catalogue);

/// The list as the JSON of `inspect --list`.
[[nodiscard]] OrderedJson cacheListing(const std::vector<CachedModel>& models);

} // namespace isentrope
