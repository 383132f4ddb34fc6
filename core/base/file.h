// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace isentrope {

/// A regular file open for reading. Reads are positional and bounded; no map is held, so a file
/// that shrinks while we read it is an error and not a SIGBUS.
class File {
public:
    /// Refuses what is not a regular file (a folder, a FIFO, a device) without blocking on it.
    [[nodiscard]] static Expected<File> open(const std::filesystem::path& path);

    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File();

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    /// Size in bytes when the file was opened.
    [[nodiscard]] std::uint64_t size() const { return m_size; }
    /// Fills `bytes` from `offset`; Truncated where the file has fewer.
    [[nodiscard]] Expected<void> readAt(std::uint64_t offset, std::span<std::byte> bytes) const;

private:
    File(std::filesystem::path path, int descriptor, std::uint64_t size);

    std::filesystem::path m_path;
    int m_descriptor = -1;
    std::uint64_t m_size = 0;
};

/// The whole file, refused where it is larger than `mostBytes`.
[[nodiscard]] Expected<std::string> readWholeFile(const std::filesystem::path& path,
                                                  std::uint64_t mostBytes);

} // namespace isentrope
