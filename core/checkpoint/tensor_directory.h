// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace isentrope {

enum class ElementType { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool };

[[nodiscard]] std::size_t elementSize(ElementType type);
[[nodiscard]] std::string_view elementTypeName(ElementType type); ///< "F32"

/// Where the elements of one tensor lie. Every number was checked against the file: the furthest
/// element reached through `strides` ends inside it.
struct TensorEntry {
    std::string name;
    ElementType type = ElementType::F32;
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides; ///< in elements; row-major where the file says nothing
    std::size_t file = 0;              ///< index into TensorDirectory::files
    std::uint64_t offset = 0;          ///< bytes from the beginning of that file to element 0
    std::uint64_t storage = 0;         ///< offset of the storage; equal for tensors that share it

    [[nodiscard]] std::int64_t count() const;
};

/// What a file (or the files of a sharded checkpoint) holds, read without touching the elements.
struct TensorDirectory {
    std::vector<std::filesystem::path> files;
    std::string format; ///< "safetensors", "pytorch-zip", "pytorch-legacy", with "-sharded"
    std::vector<TensorEntry> tensors;
    std::map<std::string, std::string> metadata; ///< safetensors' __metadata__
    std::vector<std::string> warnings;

    [[nodiscard]] const TensorEntry* find(std::string_view name) const;
};

/// Recognises the kind by content, never by name; refuses everything else by name of its kind
/// (Git LFS pointer, HTML page, TensorFlow, GGUF, …).
[[nodiscard]] Expected<TensorDirectory> readTensorDirectory(const std::filesystem::path& path);

/// The same for an index file (`*.index.json`): every shard beside it, names checked both ways.
[[nodiscard]] Expected<TensorDirectory> readShardedDirectory(const std::filesystem::path& index);

/// The elements in row-major order, converted. Checks record CRCs where the format has them.
[[nodiscard]] Expected<std::vector<float>> readFloats(const TensorDirectory& directory,
                                                      const TensorEntry& entry);
[[nodiscard]] Expected<std::vector<double>> readDoubles(const TensorDirectory& directory,
                                                        const TensorEntry& entry);
[[nodiscard]] Expected<std::vector<std::int64_t>> readIntegers(const TensorDirectory& directory,
                                                               const TensorEntry& entry);

} // namespace isentrope
