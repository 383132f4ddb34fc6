// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/checkpoint/bytes.h"
#include "core/checkpoint/file_stream.h"
#include "core/checkpoint/half.h"
#include "core/checkpoint/tensor_directory.h"
#include "core/checkpoint/tensor_layout.h"
#include "core/checkpoint/tensor_name.h"

#include <algorithm>
#include <bit>
#include <type_traits>

namespace isentrope {
namespace {

/// The element of `type` at byte `at`, as the nearest Out.
template <class Out>
Out elementAt(std::string_view bytes, std::size_t at, ElementType type) {
    const auto bits16 = [&] { return littleEndian<std::uint16_t>(bytes, at); };
    const auto bits32 = [&] { return littleEndian<std::uint32_t>(bytes, at); };
    const auto bits64 = [&] { return littleEndian<std::uint64_t>(bytes, at); };
    switch (type) {
    case ElementType::F64:
        return static_cast<Out>(std::bit_cast<double>(bits64()));
    case ElementType::F32:
        return static_cast<Out>(std::bit_cast<float>(bits32()));
    case ElementType::F16:
        return static_cast<Out>(floatFromHalf(bits16()));
    case ElementType::BF16:
        return static_cast<Out>(floatFromBfloat16(bits16()));
    case ElementType::I64:
        return static_cast<Out>(static_cast<std::int64_t>(bits64()));
    case ElementType::I32:
        return static_cast<Out>(static_cast<std::int32_t>(bits32()));
    case ElementType::I16:
        return static_cast<Out>(static_cast<std::int16_t>(bits16()));
    case ElementType::I8:
        return static_cast<Out>(static_cast<signed char>(bytes[at]));
    case ElementType::U8:
    case ElementType::Bool:
        return static_cast<Out>(static_cast<unsigned char>(bytes[at]));
    }
    return {};
}

/// Elements that lie in row-major order without a gap: a chunk of bytes at a time.
template <class Out>
Expected<std::vector<Out>> readDense(const File& file, const TensorEntry& entry) {
    const std::size_t size = elementSize(entry.type);
    std::vector<Out> values;
    values.reserve(static_cast<std::size_t>(entry.count()));
    const auto convert = [&](std::string_view bytes) {
        for (std::size_t at = 0; at < bytes.size(); at += size)
            values.push_back(elementAt<Out>(bytes, at, entry.type));
    };
    static_assert(streamChunk % 8 == 0, "an element must not be cut by a chunk");
    const std::uint64_t bytes = static_cast<std::uint64_t>(entry.count()) * size;
    if (auto read = streamBytes(file, entry.offset, bytes, convert); !read)
        return tl::unexpected(read.error());
    return values;
}

/// Steps `index` to the next element in row-major order; answers its place in the storage.
std::int64_t nextPlace(std::vector<std::int64_t>& index, std::int64_t place,
                       const TensorEntry& entry) {
    for (std::size_t axis = index.size(); axis-- > 0;) {
        place += entry.strides[axis];
        if (++index[axis] < entry.shape[axis]) return place;
        place -= entry.strides[axis] * entry.shape[axis];
        index[axis] = 0;
    }
    return place;
}

/// Elements in any order: the whole stretch that the view spans is read once, then gathered.
template <class Out>
Expected<std::vector<Out>> readStrided(const File& file, const TensorEntry& entry,
                                       std::int64_t reach) {
    const std::size_t size = elementSize(entry.type);
    const auto bytes = readBytes(file, entry.offset, static_cast<std::uint64_t>(reach) * size);
    if (!bytes) return tl::unexpected(bytes.error());
    std::vector<Out> values(static_cast<std::size_t>(entry.count()));
    std::vector<std::int64_t> index(entry.shape.size(), 0);
    std::int64_t place = 0;
    for (Out& value : values) {
        value = elementAt<Out>(*bytes, static_cast<std::size_t>(place) * size, entry.type);
        place = nextPlace(index, place, entry);
    }
    return values;
}

/// The checks of the directory again, against the file as it is at this moment.
Expected<std::int64_t> checkedEntry(const File& file, const TensorEntry& entry) {
    const std::int64_t count = checkedCount(entry.shape).value_or(-1);
    const std::int64_t reach = entry.strides.size() == entry.shape.size()
                                   ? checkedReach(entry.shape, entry.strides).value_or(-1)
                                   : -1;
    const std::uint64_t room =
        entry.offset <= file.size() ? (file.size() - entry.offset) / elementSize(entry.type) : 0;
    if (count >= 0 && reach >= 0 && static_cast<std::uint64_t>(reach) <= room &&
        static_cast<std::uint64_t>(count) <= file.size())
        return reach;
    return fail(ErrorCode::Truncated, file.path().string() + ": no longer holds the tensor " +
                                          inQuotes(entry.name) +
                                          "; it changed after it was opened, open it again");
}

template <class Out>
Expected<std::vector<Out>> readElements(const TensorDirectory& directory,
                                        const TensorEntry& entry) {
    if (entry.file >= directory.files.size())
        return fail(ErrorCode::Internal, "the tensor " + inQuotes(entry.name) + " names no file");
    const auto file = File::open(directory.files[entry.file]);
    if (!file) return tl::unexpected(file.error());
    const auto reach = checkedEntry(*file, entry);
    if (!reach) return tl::unexpected(reach.error());
    if (entry.strides == rowMajorStrides(entry.shape)) return readDense<Out>(*file, entry);
    return readStrided<Out>(*file, entry, *reach);
}

bool holdsFractions(ElementType type) {
    return type == ElementType::F64 || type == ElementType::F32 || type == ElementType::F16 ||
           type == ElementType::BF16;
}

} // namespace

Expected<std::vector<float>> readFloats(const TensorDirectory& directory,
                                        const TensorEntry& entry) {
    return readElements<float>(directory, entry);
}

Expected<std::vector<double>> readDoubles(const TensorDirectory& directory,
                                          const TensorEntry& entry) {
    return readElements<double>(directory, entry);
}

Expected<std::vector<std::int64_t>> readIntegers(const TensorDirectory& directory,
                                                 const TensorEntry& entry) {
    if (holdsFractions(entry.type))
        return fail(ErrorCode::Mismatch, "the tensor " + inQuotes(entry.name) + " has the type " +
                                             std::string(elementTypeName(entry.type)) +
                                             ", expected whole numbers");
    return readElements<std::int64_t>(directory, entry);
}

} // namespace isentrope
