// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/cache_listing.h"

#include "core/checkpoint/checkpoint.h"

#include <algorithm>

namespace isentrope {
namespace fs = std::filesystem;
namespace {

constexpr int mostFilesCounted = 10'000;

std::uint64_t bytesIn(const fs::path& folder) {
    std::uint64_t sum = 0;
    int files = 0;
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, error);
    for (const fs::recursive_directory_iterator end;
         !error && entry != end && files < mostFilesCounted; entry.increment(error), ++files) {
        std::error_code broken;
        const std::uintmax_t size = fs::file_size(entry->path(), broken);
        if (!broken) sum += size;
    }
    return sum;
}

void readState(CachedModel& model, const Catalogue& catalogue) {
    const fs::path& folder = model.snapshot.folder;
    if (const auto config = readModelConfig(folder / "config.json", catalogue)) {
        const auto& assumed = config->assumed;
        if (std::find(assumed.begin(), assumed.end(), "max_position_embeddings") == assumed.end())
            model.trainLength = config->trainLength;
    }
    const auto checkpoint = Checkpoint::open(folder.string(), catalogue, {});
    if (!checkpoint)
        model.reason = checkpoint.error().message;
    else if (checkpoint->vocabularyFile().empty())
        model.reason = folder.string() + ": has no vocab.txt; only ids could be run";
    if (!model.usable() && model.snapshot.unfinished)
        model.reason = "half-downloaded: " + model.reason;
}

} // namespace

std::vector<CachedModel> listCachedModels(std::span<const fs::path> roots,
                                          const Catalogue& catalogue) {
    std::vector<CachedModel> models;
    for (CachedSnapshot& snapshot : cachedSnapshots(roots)) {
        CachedModel& model = models.emplace_back();
        model.snapshot = std::move(snapshot);
        if (model.snapshot.commit.empty()) {
            model.reason = "half-downloaded: no snapshot is there; run the download again";
            continue;
        }
        model.bytes = bytesIn(model.snapshot.folder);
        readState(model, catalogue);
    }
    return models;
}

OrderedJson cacheListing(const std::vector<CachedModel>& models) {
    OrderedJson list = OrderedJson::array();
    for (const CachedModel& model : models)
        list.push_back(
            {{"name", model.snapshot.name},
             {"revision", model.snapshot.commit},
             {"refs", model.snapshot.refs},
             {"folder", model.snapshot.folder.string()},
             {"bytes", model.bytes},
             {"train_length", model.trainLength ? OrderedJson(*model.trainLength) : OrderedJson()},
             {"usable", model.usable()},
             {"reason", model.reason}});
    return list;
}

} // namespace isentrope
