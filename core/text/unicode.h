// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/unicode_tables.h"

#include <cstdint>
#include <vector>

namespace isentrope::unicode {

constexpr char32_t lastCodePoint = 0x10FFFF;
constexpr char32_t replacement = 0xFFFD;

/// One byte per code point, so that the class of a character costs one look-up.
[[nodiscard]] const std::vector<CharClass>& classTable();

/// The one to four code points that a character is written as after decomposition, lower-casing
/// and dropping of accents.
struct Folded {
    std::array<char32_t, 4> parts{};
    std::uint8_t count = 0;
};

/// For Folded, CompatIdeograph and Hangul; every other code point is itself.
[[nodiscard]] Folded fold(char32_t code);

/// The canonical combining class, 0 for a code point that nothing moves around.
[[nodiscard]] std::uint8_t combiningClass(char32_t code);

} // namespace isentrope::unicode
