// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace isentrope {

/// A text in UTF-8, without byte order mark.
struct DecodedText {
    std::string text;
    std::string encoding;         ///< one of encodingNames(), or "UTF-8 with BOM"
    std::size_t invalidBytes = 0; ///< each became part of a U+FFFD; spans count in `text`
};

constexpr std::uint64_t largestTextFile = std::uint64_t{1} << 30; ///< bytes

/// "auto", "UTF-8", "GB18030", "Latin-1", "UTF-16LE", "UTF-16BE".
[[nodiscard]] std::span<const std::string> encodingNames();

/// The text behind `bytes`. `encoding` is one of encodingNames() in any case of letters; a byte
/// order mark that fits it is dropped. "auto" takes the first that holds:
///
///  1. the byte order mark of UTF-8 or UTF-16;
///  2. UTF-8, where at least two thirds of the bytes outside ASCII form its characters;
///  3. GB18030, where at most a tenth of the bytes outside ASCII is wrong, unless it is rather
///     Latin-1: in Chinese these bytes come in pairs, in Western words they mostly stand alone.
///     Fewer than four such bytes, and less than half of the text, prove nothing;
///  4. Latin-1, where each byte outside ASCII is a letter or sign of it (0xA0 to 0xFE) and one of
///     them at least stands next to an ASCII letter;
///  5. UTF-8, with all that is invalid replaced.
///
/// So a damaged UTF-8 or GB18030 file is read as what it was.
[[nodiscard]] Expected<DecodedText> decodeText(std::string bytes,
                                               std::string_view encoding = "auto");

/// The same for a file of at most 1 GiB.
[[nodiscard]] Expected<DecodedText> readTextFile(const std::filesystem::path& file,
                                                 std::string_view encoding = "auto");

} // namespace isentrope
