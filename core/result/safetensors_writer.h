// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result/atomic_file.h"
#include "core/result/number_type.h"

#include <map>
#include <string>
#include <vector>

namespace isentrope {

/// A tensor a safetensors file will hold, row-major.
struct TensorPlan {
    std::string name;
    NumberType type = NumberType::F32;
    std::vector<std::int64_t> shape;
};

/// Writes a safetensors file whose tensors need never be in memory at once: all are declared
/// first, then their numbers come in pieces, in order within a tensor, in any order among tensors.
/// In the file, tensors of 8-byte numbers stand before those of 4, else as declared: every tensor
/// lies at a multiple of its number's size, which readers that map the file rely on.
class SafetensorsWriter {
public:
    /// `metadata` becomes `__metadata__`: Provenance::fields() and whatever else the file says.
    [[nodiscard]] static Expected<SafetensorsWriter>
    create(const std::filesystem::path& path, std::vector<TensorPlan> tensors,
           const std::map<std::string, std::string>& metadata);

    template <StoredNumber T>
    [[nodiscard]] Expected<void> append(std::string_view name, std::span<const T> numbers) {
        return appendBytes(name, numberTypeOf<T>, std::as_bytes(numbers));
    }
    template <StoredNumber T>
    [[nodiscard]] Expected<void> append(std::string_view name, const std::vector<T>& numbers) {
        return append(name, std::span<const T>(numbers));
    }
    /// Refuses a file in which a tensor is not complete.
    [[nodiscard]] Expected<void> commit();

private:
    /// Where a tensor's bytes go: [next, end) of the file are still to come.
    struct Place {
        NumberType type = NumberType::F32;
        std::uint64_t next = 0, end = 0;
    };
    using Places = std::map<std::string, Place, std::less<>>;

    SafetensorsWriter(AtomicFile file, Places places);
    [[nodiscard]] static Expected<Places> placeTensors(const std::string& source,
                                                       const std::vector<TensorPlan>& tensors);
    [[nodiscard]] Expected<void> appendBytes(std::string_view name, NumberType type,
                                             std::span<const std::byte> bytes);

    AtomicFile m_file;
    Places m_places;
};

} // namespace isentrope
