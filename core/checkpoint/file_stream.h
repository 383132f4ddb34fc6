// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace isentrope {

/// Most bytes of a file that are held at once while its content is looked through.
inline constexpr std::uint64_t streamChunk = std::uint64_t{1} << 20;

/// The `count` bytes from `offset`; the caller has compared both with the size of the file.
[[nodiscard]] inline Expected<std::string> readBytes(const File& file, std::uint64_t offset,
                                                     std::uint64_t count) {
    std::string bytes(static_cast<std::size_t>(count), '\0');
    if (auto read = file.readAt(offset, std::as_writable_bytes(std::span(bytes))); !read)
        return tl::unexpected(read.error());
    return bytes;
}

/// Hands the `count` bytes from `offset` to `sink(std::string_view)`, a chunk at a time.
template <class Sink>
[[nodiscard]] Expected<void> streamBytes(const File& file, std::uint64_t offset,
                                         std::uint64_t count, Sink&& sink) {
    std::string chunk(static_cast<std::size_t>(std::min(count, streamChunk)), '\0');
    while (count > 0) {
        const auto bytes = std::span(chunk).first(
            static_cast<std::size_t>(std::min<std::uint64_t>(count, chunk.size())));
        if (auto read = file.readAt(offset, std::as_writable_bytes(bytes)); !read) return read;
        sink(std::string_view(bytes.data(), bytes.size()));
        offset += bytes.size();
        count -= bytes.size();
    }
    return {};
}

} // namespace isentrope
