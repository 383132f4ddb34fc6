// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/location.h"

#include "core/base/nearest.h"
#include "core/checkpoint/demo.h"
#include "core/checkpoint/folder_content.h"
#include "core/checkpoint/huggingface_cache.h"

#include <string_view>

namespace isentrope {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view demoMark = "demo:";
constexpr std::string_view cacheMark = "hf:";

/// In the order in which they are looked for.
constexpr std::string_view weightNames[] = {"model.safetensors", "model.safetensors.index.json",
                                            "pytorch_model.bin", "pytorch_model.bin.index.json"};

/// The weights file under the first of the names that is there, or an empty path.
Expected<fs::path> firstWeights(const fs::path& folder) {
    for (const std::string_view name : weightNames) {
        auto weights = fileInFolder(folder, name);
        if (!weights || !weights->empty()) return weights;
    }
    return fs::path();
}

/// `weightsName`: the weights file to use, empty for the first of the usual names.
Expected<CheckpointLocation> locateInFolder(const fs::path& folder,
                                            const std::string& weightsName = {}) {
    const auto config = fileInFolder(folder, "config.json");
    if (!config) return tl::unexpected(config.error());
    const auto vocabulary = fileInFolder(folder, "vocab.txt");
    if (!vocabulary) return tl::unexpected(vocabulary.error());
    const auto weights =
        weightsName.empty() ? firstWeights(folder) : fileInFolder(folder, weightsName);
    if (!weights) return tl::unexpected(weights.error());
    return CheckpointLocation{folder, *config, *weights, *vocabulary};
}

/// A folder of the cache itself (`models--ORG--NAME`) stands for the snapshot that main names.
Expected<CheckpointLocation> locateAtFolder(const fs::path& folder) {
    std::error_code error;
    if (!fs::is_directory(folder / "snapshots", error) || fs::exists(folder / "config.json", error))
        return locateInFolder(folder);
    const auto snapshot = chooseSnapshot(snapshotsOf(folder), {}, folder.string());
    if (!snapshot) return tl::unexpected(snapshot.error());
    return locateInFolder(*snapshot);
}

/// config.json and vocab.txt stand for their folder; any other file is the weights to use.
Expected<CheckpointLocation> locateAtFile(const fs::path& file) {
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    const std::string name = file.filename().string();
    const bool isCompanion = name == "config.json" || name == "vocab.txt";
    return locateInFolder(folder, isCompanion ? std::string() : name);
}

Expected<CheckpointLocation> locateNamed(const Expected<fs::path>& folder) {
    if (!folder) return tl::unexpected(folder.error());
    return locateInFolder(*folder);
}

/// A path that leads nowhere, with the neighbour that was most likely meant.
Error noSuchPath(const fs::path& path) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    return {ErrorCode::NotFound,
            path.string() +
                ": there is no such file or folder; expected a checkpoint's folder, a "
                "file inside it, demo:NAME, or a name in the Hugging Face cache." +
                didYouMean(path.filename().string(), namesInFolder(folder))};
}

} // namespace

CheckpointPlaces CheckpointPlaces::standard() {
    return {standardCacheRoots(), standardDemoFolders()};
}

Expected<CheckpointLocation> locateCheckpoint(const std::string& source,
                                              const CheckpointPlaces& places) {
    if (source.empty() || source.find('\0') != std::string::npos)
        return fail(ErrorCode::BadUsage, "the checkpoint's name is empty or has a NUL byte; "
                                         "expected a folder, a file, demo:NAME or a cached name");
    if (source.starts_with(demoMark))
        return locateNamed(resolveDemo(source.substr(demoMark.size()), places.demoFolders));

    const bool cachedOnly = source.starts_with(cacheMark);
    const fs::path path = source;
    std::error_code error;
    const fs::file_status status = fs::symlink_status(path, error);
    if (!cachedOnly && fs::is_directory(fs::status(path, error))) return locateAtFolder(path);
    if (!cachedOnly && fs::exists(status)) return locateAtFile(path);

    const auto name = parseCacheName(cachedOnly ? source.substr(cacheMark.size()) : source);
    if (!name) return tl::unexpected(noSuchPath(path));
    return locateNamed(resolveCached(*name, places.cacheRoots));
}

} // namespace isentrope
