// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/checkpoint/tensor_directory.h"
#include "core/checkpoint/tensor_name.h"

#include <algorithm>
#include <map>

namespace isentrope {
namespace {

constexpr std::uint64_t largestIndex = std::uint64_t{16} << 20;
constexpr std::size_t mostShards = 1000;

/// Tensor to shard, both as the index spells them.
using WeightMap = std::map<std::string, std::string>;

tl::unexpected<Error> refuse(const std::filesystem::path& index, ErrorCode code,
                             const std::string& text) {
    return fail(code, index.string() + ": " + text);
}

Expected<WeightMap> readWeightMap(const std::filesystem::path& index) {
    const auto text = readWholeFile(index, largestIndex);
    if (!text) return tl::unexpected(text.error());
    const auto json = parseJson(*text, index.string());
    if (!json) return tl::unexpected(json.error());
    if (!json->is_object() || !json->contains("weight_map") || !json->at("weight_map").is_object())
        return refuse(index, ErrorCode::Malformed,
                      "has no object weight_map, expected tensor names and their files");
    WeightMap map;
    for (const auto& [name, shard] : json->at("weight_map").items()) {
        if (const auto wrong = tensorNameProblem(name))
            return refuse(index, ErrorCode::Malformed,
                          "the tensor name " + inQuotes(name) + " " + *wrong);
        if (!shard.is_string())
            return refuse(index, ErrorCode::Malformed,
                          "names no file for the tensor " + inQuotes(name));
        map.emplace(name, shard.get<std::string>());
    }
    if (map.empty()) return refuse(index, ErrorCode::NotAModel, "lists no tensors");
    return map;
}

/// The shards' names in order, each a plain name beside the index.
Expected<std::vector<std::string>> shardNames(const std::filesystem::path& index,
                                              const WeightMap& map) {
    std::vector<std::string> names;
    for (const auto& [tensor, shard] : map)
        names.push_back(shard);
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    if (names.size() > mostShards)
        return refuse(index, ErrorCode::TooLarge,
                      "lists " + std::to_string(names.size()) + " files, expected at most " +
                          std::to_string(mostShards));
    for (const std::string& name : names)
        if (const auto wrong = shardNameProblem(name))
            return refuse(index, ErrorCode::Unsafe,
                          "the file name " + inQuotes(name) + " " + *wrong +
                              "; expected plain names of files beside the index");
    return names;
}

/// Every tensor of the shard stands in the index, and there with this shard.
Expected<void> checkShard(const std::filesystem::path& index, const WeightMap& map,
                          const std::string& shard, const TensorDirectory& directory) {
    for (const TensorEntry& tensor : directory.tensors) {
        const auto listed = map.find(tensor.name);
        if (listed == map.end())
            return refuse(index, ErrorCode::Mismatch,
                          "does not list the tensor " + inQuotes(tensor.name) + " of " +
                              inQuotes(shard) + "; the files are of different models");
        if (listed->second != shard)
            return refuse(index, ErrorCode::Mismatch,
                          "lists the tensor " + inQuotes(tensor.name) + " in " +
                              inQuotes(listed->second) + ", but it stands in " + inQuotes(shard));
    }
    return {};
}

Expected<void> addShard(TensorDirectory& whole, TensorDirectory shard,
                        const std::filesystem::path& index) {
    const std::string format = shard.format + "-sharded";
    if (!whole.format.empty() && whole.format != format)
        return refuse(index, ErrorCode::Mismatch,
                      "lists files of different formats, " + whole.format + " and " + format);
    whole.format = format;
    for (TensorEntry& tensor : shard.tensors) {
        tensor.file = whole.files.size();
        whole.tensors.push_back(std::move(tensor));
    }
    whole.files.push_back(shard.files.front());
    whole.metadata.merge(shard.metadata);
    whole.warnings.insert(whole.warnings.end(), shard.warnings.begin(), shard.warnings.end());
    return {};
}

} // namespace

Expected<TensorDirectory> readShardedDirectory(const std::filesystem::path& index) {
    const auto map = readWeightMap(index);
    if (!map) return tl::unexpected(map.error());
    const auto names = shardNames(index, *map);
    if (!names) return tl::unexpected(names.error());
    TensorDirectory whole;
    for (const std::string& name : *names) {
        auto shard = readTensorDirectory(index.parent_path() / name);
        if (!shard) return tl::unexpected(shard.error());
        if (auto listed = checkShard(index, *map, name, *shard); !listed)
            return tl::unexpected(listed.error());
        if (auto added = addShard(whole, std::move(*shard), index); !added)
            return tl::unexpected(added.error());
    }
    if (whole.tensors.size() == map->size()) return whole;
    const auto missing =
        std::ranges::find_if(*map, [&](const auto& listed) { return !whole.find(listed.first); });
    return refuse(index, ErrorCode::Mismatch,
                  "lists the tensor " + inQuotes(missing->first) + " in " +
                      inQuotes(missing->second) + ", which does not hold it");
}

} // namespace isentrope
