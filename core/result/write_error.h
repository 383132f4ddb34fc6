// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>

namespace isentrope {

/// Bytes this program may still write beside `file`; nothing known counts as no limit.
[[nodiscard]] std::uint64_t freeBytesBeside(const std::filesystem::path& file);

/// WriteFailed: the system refused to write `file`. `systemCode` is an errno, `needs` the bytes the
/// whole file takes as far as that is known.
[[nodiscard]] Error writeError(const std::filesystem::path& file, int systemCode,
                               std::uint64_t needs = 0);

} // namespace isentrope
