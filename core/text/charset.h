// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace isentrope {

/// Text in UTF-8 and how many bytes of its source were invalid.
struct Converted {
    std::string text;
    std::size_t invalidBytes = 0;
};

/// From a charset the C library knows ("GB18030", "UTF-16LE"), invalid bytes as U+FFFD.
[[nodiscard]] Expected<Converted> convertCharset(std::string_view bytes, const char* charset);

/// How many bytes would be invalid; keeps no text.
[[nodiscard]] Expected<std::size_t> countInvalid(std::string_view bytes, const char* charset);

/// Replaces invalid bytes of UTF-8; text that has none is handed through.
[[nodiscard]] Converted repairUtf8(std::string bytes);

/// Every byte is the code point of its number.
[[nodiscard]] Converted convertLatin1(std::string_view bytes);

} // namespace isentrope
