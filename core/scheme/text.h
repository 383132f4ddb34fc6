// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace isentrope {

/// Whether a byte continues a character that began before it.
[[nodiscard]] inline bool isContinuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// The column, in characters from 1, of the byte `at` of a UTF-8 text.
[[nodiscard]] inline std::size_t columnAt(std::string_view text, std::size_t at) {
    const std::string_view before = text.substr(0, at);
    const auto continued = std::count_if(before.begin(), before.end(), isContinuation);
    return 1 + before.size() - static_cast<std::size_t>(continued);
}

/// The byte at which the character of a column begins; the text's size behind its end.
[[nodiscard]] inline std::size_t byteAt(std::string_view text, std::size_t column) {
    std::size_t at = 0;
    for (std::size_t passed = 1; at < text.size(); ++at) {
        if (isContinuation(text[at])) continue;
        if (passed++ == column) break;
    }
    return at;
}

/// A word of a notation or formula as messages show it.
[[nodiscard]] inline std::string backQuoted(std::string_view word) {
    std::string quoted(1, '`');
    quoted.append(word);
    return quoted += '`';
}

/// The whole character that begins at a byte, between back quotes for a message.
[[nodiscard]] inline std::string quotedCharacter(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    while (end < text.size() && isContinuation(text[end]))
        ++end;
    return backQuoted(text.substr(at, end - at));
}

[[nodiscard]] inline bool isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

[[nodiscard]] inline bool isLower(char c) {
    return c >= 'a' && c <= 'z';
}

[[nodiscard]] inline bool isLetter(char c) {
    return isLower(c) || (c >= 'A' && c <= 'Z');
}

[[nodiscard]] inline bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

[[nodiscard]] inline std::string_view trimmed(std::string_view text) {
    while (!text.empty() && isBlank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back()))
        text.remove_suffix(1);
    return text;
}

} // namespace isentrope
