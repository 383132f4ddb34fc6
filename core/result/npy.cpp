// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/npy.h"

#include "core/base/file.h"
#include "core/base/number.h"
#include "core/result/atomic_file.h"
#include "core/result/npy_header.h"
#include "core/result/sidecar.h"

#include <algorithm>
#include <array>

namespace isentrope {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::uint64_t mostHeaderBytes = 65'536;

/// Where the dictionary lies in the file; the numbers follow it.
struct HeaderPlace {
    std::uint64_t begin = 0, size = 0;
};

Expected<HeaderPlace> findHeader(const File& file) {
    const std::string source = file.path().string();
    std::array<unsigned char, 12> start{};
    if (auto read = file.readAt(0, std::as_writable_bytes(std::span(start).first(10))); !read)
        return tl::unexpected(read.error());
    if (!std::equal(magic.begin(), magic.end(), start.begin(),
                    [](char a, unsigned char b) { return static_cast<unsigned char>(a) == b; }))
        return fail(ErrorCode::Malformed, source + ": is not a npy file; expected one to begin "
                                                   "with \\x93NUMPY");
    const int major = start[6], minor = start[7];
    if (major < 1 || major > 3 || minor != 0)
        return fail(ErrorCode::Unsupported, source + ": is npy format " + std::to_string(major) +
                                                "." + std::to_string(minor) +
                                                "; expected 1.0, 2.0 or 3.0");
    if (major == 1) return HeaderPlace{10, start[8] + 256ULL * start[9]};
    if (auto read = file.readAt(10, std::as_writable_bytes(std::span(start).last(2))); !read)
        return tl::unexpected(read.error());
    return HeaderPlace{12, start[8] + 256ULL * start[9] + 65'536ULL * start[10] +
                               16'777'216ULL * start[11]};
}

Expected<NpyHeader> readHeader(const File& file, const HeaderPlace& place) {
    const std::string source = file.path().string();
    if (place.size > mostHeaderBytes)
        return fail(ErrorCode::TooLarge, source + ": has a header of " +
                                             humanBytes(static_cast<double>(place.size)) +
                                             "; expected at most 65,536 bytes");
    std::string text(place.size, '\0');
    if (auto read = file.readAt(place.begin, std::as_writable_bytes(std::span(text))); !read)
        return tl::unexpected(read.error());
    return parseNpyHeader(text, source);
}

Expected<void> checkSize(const File& file, const NpyHeader& header, std::uint64_t expected,
                         std::uint64_t found) {
    if (found == expected) return {};
    return fail(found < expected ? ErrorCode::Truncated : ErrorCode::Malformed,
                file.path().string() + ": has " + std::to_string(found) +
                    " bytes of numbers; expected " + std::to_string(expected) + " for the shape " +
                    shapeText(header.shape) +
                    (found < expected ? "; fetch the file again" : "; save it again"));
}

template <StoredNumber T>
Expected<NpyArray> readNumbers(const File& file, NpyHeader header, std::uint64_t offset,
                               std::uint64_t bytes) {
    std::vector<T> numbers(bytes / sizeof(T));
    return file.readAt(offset, std::as_writable_bytes(std::span(numbers))).map([&] {
        return NpyArray{std::move(header.shape), std::move(numbers)};
    });
}

} // namespace

Expected<void> writeNpy(const std::filesystem::path& path, const NpyArray& array,
                        const Provenance& provenance) {
    const auto bytes = arrayBytes(array.type(), array.shape, path.string());
    if (!bytes) return tl::unexpected(bytes.error());
    const std::uint64_t held = std::visit(
        [](const auto& numbers) -> std::uint64_t { return std::span(numbers).size_bytes(); },
        array.numbers);
    if (held != *bytes)
        return fail(ErrorCode::Mismatch, path.string() + ": " + std::to_string(held) +
                                             " bytes of numbers do not have the shape " +
                                             shapeText(array.shape));
    const std::string header = npyHeaderText({array.type(), array.shape});
    auto file = AtomicFile::create(path, header.size() + *bytes);
    if (!file) return tl::unexpected(file.error());
    if (auto written = file->write(header); !written) return written;
    const auto writeNumbers = [&](const auto& numbers) {
        return file->write(std::as_bytes(std::span(numbers)));
    };
    return std::visit(writeNumbers, array.numbers).and_then([&] {
        return commitWithSidecar(*file, provenance);
    });
}

Expected<NpyArray> readNpy(const std::filesystem::path& path, std::uint64_t mostBytes) {
    const auto file = File::open(path);
    if (!file) return tl::unexpected(file.error());
    const auto place = findHeader(*file);
    if (!place) return tl::unexpected(place.error());
    const auto header = readHeader(*file, *place);
    if (!header) return tl::unexpected(header.error());
    const auto bytes = arrayBytes(header->type, header->shape, path.string());
    if (!bytes) return tl::unexpected(bytes.error());
    const std::uint64_t offset = place->begin + place->size;
    if (auto sized = checkSize(*file, *header, *bytes, file->size() - offset); !sized)
        return tl::unexpected(sized.error());
    if (*bytes > mostBytes)
        return fail(ErrorCode::TooLarge,
                    path.string() + ": has " + humanBytes(static_cast<double>(*bytes)) +
                        ", expected at most " + humanBytes(static_cast<double>(mostBytes)));
    switch (header->type) {
    case NumberType::F32:
        return readNumbers<float>(*file, *header, offset, *bytes);
    case NumberType::F64:
        return readNumbers<double>(*file, *header, offset, *bytes);
    case NumberType::I64:
        return readNumbers<std::int64_t>(*file, *header, offset, *bytes);
    }
    return fail(ErrorCode::Internal, path.string() + ": of no known type");
}

} // namespace isentrope
