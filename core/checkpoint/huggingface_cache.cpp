// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/huggingface_cache.h"

#include "core/base/file.h"
#include "core/base/nearest.h"
#include "core/checkpoint/folder_content.h"

#include <algorithm>
#include <cstdlib>
#include <map>

namespace isentrope {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view modelMark = "models--";
constexpr std::size_t commitLength = 40;
constexpr std::uint64_t mostRefBytes = 256;

bool isCommit(std::string_view text) {
    return text.size() == commitLength &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

fs::path withHome(const std::string& path) {
    if (path == "~" || path.starts_with("~/")) return environment("HOME") + path.substr(1);
    return path;
}

/// The first of the variables that is set, as a path.
fs::path firstSet(std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const std::string value = environment(name); !value.empty()) return withHome(value);
    return {};
}

fs::path huggingFaceHome() {
    if (const fs::path home = firstSet({"HF_HOME"}); !home.empty()) return home;
    if (const fs::path cache = firstSet({"XDG_CACHE_HOME"}); !cache.empty())
        return cache / "huggingface";
    return withHome("~/.cache/huggingface");
}

/// refs/BRANCH holds a line with the commit; branches may have slashes: refs/pr/1.
std::map<std::string, std::string> readRefs(const fs::path& modelFolder) {
    std::map<std::string, std::string> refs;
    const fs::path folder = modelFolder / "refs";
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, error);
    for (const fs::recursive_directory_iterator end; !error && entry != end;
         entry.increment(error)) {
        const auto content = readWholeFile(entry->path(), mostRefBytes);
        if (!content) continue;
        const std::string commit = content->substr(0, content->find_last_not_of(" \t\r\n") + 1);
        if (isCommit(commit)) refs[entry->path().lexically_relative(folder).string()] = commit;
    }
    return refs;
}

bool hasUnfinishedBlobs(const fs::path& modelFolder) {
    const std::vector<std::string> blobs = namesInFolder(modelFolder / "blobs");
    return std::any_of(blobs.begin(), blobs.end(),
                       [](const std::string& name) { return name.ends_with(".incomplete"); });
}

/// "models--org--my--name" -> "org/my--name"
std::string displayName(std::string_view folder) {
    if (!folder.starts_with(modelMark)) return std::string(folder);
    const std::string_view name = folder.substr(modelMark.size());
    const std::size_t mark = name.find("--");
    if (mark == std::string_view::npos) return std::string(name);
    return std::string(name.substr(0, mark)) + '/' + std::string(name.substr(mark + 2));
}

std::string folderName(std::string name) {
    if (const std::size_t slash = name.find('/'); slash != std::string::npos)
        name.replace(slash, 1, "--");
    return std::string(modelMark) + name;
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

Error notCached(const CacheName& wanted, std::span<const fs::path> roots) {
    std::vector<std::string> names, places;
    for (const fs::path& root : roots)
        places.push_back(root.string());
    for (const CachedSnapshot& snapshot : cachedSnapshots(roots))
        if (names.empty() || names.back() != snapshot.name) names.push_back(snapshot.name);
    const std::string near = didYouMean(wanted.name, names);
    return {ErrorCode::NotFound,
            wanted.name +
                ": is neither a file or folder here nor a model in the Hugging Face "
                "cache; looked into " +
                listed(places) + ", which holds " + (names.empty() ? "no model" : listed(names)) +
                "." + near +
                (near.empty() ? " Fetch it with: huggingface-cli download " + wanted.name : "")};
}

} // namespace

std::optional<CacheName> parseCacheName(std::string_view text) {
    const std::size_t at = text.find('@');
    const std::string_view name = text.substr(0, at);
    const std::size_t slash = name.find('/');
    const auto isPart = [](std::string_view part) {
        return !part.empty() && part.size() <= 96 && part.front() != '.' && part.back() != '.' &&
               part.find("..") == std::string_view::npos &&
               part.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789._-") == std::string_view::npos;
    };
    if (!isPart(name.substr(0, slash))) return std::nullopt;
    if (slash != std::string_view::npos && !isPart(name.substr(slash + 1))) return std::nullopt;
    if (at == std::string_view::npos) return CacheName{std::string(name), {}};
    if (at + 1 == text.size()) return std::nullopt;
    return CacheName{std::string(name), std::string(text.substr(at + 1))};
}

std::vector<fs::path> standardCacheRoots() {
    const fs::path newest = firstSet({"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"});
    std::vector<fs::path> roots = {newest.empty() ? huggingFaceHome() / "hub" : newest};
    for (const char* older : {"HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_CACHE"}) {
        const fs::path root = firstSet({older});
        if (!root.empty() && std::find(roots.begin(), roots.end(), root) == roots.end())
            roots.push_back(root);
    }
    return roots;
}

std::vector<CachedSnapshot> snapshotsOf(const fs::path& modelFolder) {
    const auto refs = readRefs(modelFolder);
    CachedSnapshot common;
    common.name = displayName(modelFolder.filename().string());
    common.unfinished = hasUnfinishedBlobs(modelFolder);
    std::vector<CachedSnapshot> snapshots;
    for (const std::string& commit : namesInFolder(modelFolder / "snapshots")) {
        std::error_code error;
        if (!isCommit(commit) || !fs::is_directory(modelFolder / "snapshots" / commit, error))
            continue;
        CachedSnapshot snapshot = common;
        snapshot.commit = commit;
        snapshot.folder = modelFolder / "snapshots" / commit;
        for (const auto& [name, target] : refs)
            if (target == commit)
                snapshot.refs.insert(name == "main" ? snapshot.refs.begin() : snapshot.refs.end(),
                                     name);
        snapshots.push_back(std::move(snapshot));
    }
    std::stable_partition(snapshots.begin(), snapshots.end(), [](const CachedSnapshot& snapshot) {
        return !snapshot.refs.empty() && snapshot.refs.front() == "main";
    });
    if (!snapshots.empty()) return snapshots;
    common.folder = modelFolder;
    return {common};
}

std::vector<CachedSnapshot> cachedSnapshots(std::span<const fs::path> roots) {
    std::vector<CachedSnapshot> all;
    for (const fs::path& root : roots)
        for (const std::string& name : namesInFolder(root)) {
            std::error_code error;
            if (!name.starts_with(modelMark) || !fs::is_directory(root / name, error)) continue;
            for (CachedSnapshot& snapshot : snapshotsOf(root / name))
                all.push_back(std::move(snapshot));
        }
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
}

Expected<fs::path> chooseSnapshot(const std::vector<CachedSnapshot>& snapshots,
                                  const std::string& revision, const std::string& source) {
    std::vector<std::string> known;
    std::vector<const CachedSnapshot*> fitting;
    for (const CachedSnapshot& snapshot : snapshots) {
        if (snapshot.commit.empty())
            return fail(ErrorCode::Truncated, source + ": the cache has no snapshot of it in " +
                                                  snapshot.folder.string() +
                                                  "; the download did not finish, run it again");
        known.push_back(snapshot.refs.empty() ? snapshot.commit : snapshot.refs.front());
        const std::string& wanted = revision.empty() ? "main" : revision;
        if (std::find(snapshot.refs.begin(), snapshot.refs.end(), wanted) != snapshot.refs.end())
            return snapshot.folder;
        if (revision.size() >= 4 && snapshot.commit.starts_with(revision))
            fitting.push_back(&snapshot);
    }
    if (revision.empty() && snapshots.size() == 1) return snapshots.front().folder;
    if (fitting.size() == 1) return fitting.front()->folder;
    return fail(ErrorCode::NotFound,
                source + ": the cache has no " +
                    (revision.empty() ? "snapshot that main names"
                                      : "single snapshot of revision \"" + revision + "\"") +
                    "; expected one of: " + listed(known) + ", given behind an @");
}

Expected<fs::path> resolveCached(const CacheName& name, std::span<const fs::path> roots) {
    std::optional<Error> problem;
    for (const fs::path& root : roots) {
        const fs::path folder = root / folderName(name.name);
        std::error_code error;
        if (!fs::is_directory(folder, error)) continue;
        auto snapshot = chooseSnapshot(snapshotsOf(folder), name.revision, name.name);
        if (snapshot) return snapshot;
        if (!problem) problem = snapshot.error();
    }
    return tl::unexpected(problem ? *problem : notCached(name, roots));
}

} // namespace isentrope
