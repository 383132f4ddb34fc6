// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"

#include <cstdint>

namespace isentrope {

/// Where the central directory of a zip file lies, from the record at its end.
struct ZipEnd {
    std::uint64_t records = 0;
    std::uint64_t begin = 0; ///< offset of the directory
    std::uint64_t size = 0;  ///< its bytes; it ends where the closing records begin
};

[[nodiscard]] Expected<ZipEnd> readZipEnd(const File& file);

} // namespace isentrope
