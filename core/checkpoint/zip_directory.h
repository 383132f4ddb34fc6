// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"

#include <cstdint>
#include <string>
#include <vector>

namespace isentrope {

/// One record of a zip archive's central directory, as it stands there.
struct ZipRecord {
    std::string name; ///< UTF-8, unique, inside the archive
    std::uint16_t flags = 0;
    std::uint16_t method = 0; ///< 0: stored
    std::uint32_t crc = 0;
    std::uint64_t packed = 0;  ///< bytes in the archive
    std::uint64_t size = 0;    ///< bytes of content
    std::uint64_t localAt = 0; ///< where its local header begins
};

struct ZipDirectory {
    std::vector<ZipRecord> records; ///< in the order of the directory
    std::uint64_t begin = 0;        ///< where the directory begins, and the content ends
};

/// The central directory of a zip file, zip64 included. The archive must end where the file ends,
/// on one disk, without a comment.
[[nodiscard]] Expected<ZipDirectory> readZipDirectory(const File& file);

} // namespace isentrope
