// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <utility>

namespace isentrope {

/// The system's advisory lock on an open file, for as long as it lives.
class FileLock {
public:
    /// Waits a few seconds for another holder, then gives up with WriteFailed. File systems without
    /// locks (some of clusters) count as locked: one process alone is safe there.
    [[nodiscard]] static Expected<FileLock> acquire(int descriptor,
                                                    const std::filesystem::path& path);

    FileLock(FileLock&& other) noexcept
        : m_descriptor(std::exchange(other.m_descriptor, -1)) {}
    FileLock& operator=(FileLock&&) = delete;
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

private:
    explicit FileLock(int descriptor)
        : m_descriptor(descriptor) {}

    int m_descriptor = -1;
};

} // namespace isentrope
