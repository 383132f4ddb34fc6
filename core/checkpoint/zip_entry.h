// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/zip_directory.h"

#include <map>

namespace isentrope {

/// The content of one stored entry, found and compared with its local header.
struct ZipEntry {
    std::uint64_t offset = 0; ///< of the first byte of content
    std::uint64_t size = 0;
    std::uint32_t crc = 0;
};

using ZipEntries = std::map<std::string, ZipEntry, std::less<>>;

/// Every entry, by name. Refuses compressed and encrypted ones, headers that disagree with the
/// directory, and any byte before, between or after the entries that belongs to none.
[[nodiscard]] Expected<ZipEntries> locateZipEntries(const File& file,
                                                    const ZipDirectory& directory);

/// Reads the whole content, a chunk at a time, and compares its CRC-32.
[[nodiscard]] Expected<void> checkZipCrc(const File& file, std::string_view name,
                                         const ZipEntry& entry);

} // namespace isentrope
