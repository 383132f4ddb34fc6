// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result/number_type.h"

#include <filesystem>
#include <variant>
#include <vector>

namespace isentrope {

struct Provenance;

/// A row-major array as NumPy stores it.
struct NpyArray {
    std::vector<std::int64_t> shape;
    std::variant<std::vector<float>, std::vector<double>, std::vector<std::int64_t>> numbers;

    [[nodiscard]] NumberType type() const { return static_cast<NumberType>(numbers.index()); }
};

/// The array, and beside it `NAME.npy.json`, which says where it came from.
[[nodiscard]] Expected<void> writeNpy(const std::filesystem::path& path, const NpyArray& array,
                                      const Provenance& provenance);

/// Reads `<f4`, `<f8` and `<i8` in C order, of format 1.0 to 3.0, and names everything else.
/// The file's size must be the one its shape asks for, and at most `mostBytes`.
[[nodiscard]] Expected<NpyArray> readNpy(const std::filesystem::path& path,
                                         std::uint64_t mostBytes = std::uint64_t{1} << 34);

} // namespace isentrope
