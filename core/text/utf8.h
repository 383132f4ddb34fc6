// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace isentrope::utf8 {

/// One step through UTF-8. Invalid bytes come as U+FFFD, one for each longest beginning of a
/// character that breaks off (the practice The Unicode Standard recommends).
struct Step {
    char32_t code = 0;
    std::uint8_t length = 0; ///< bytes, at least 1
    bool valid = false;
};

/// A character outside ASCII.
[[nodiscard]] Step stepMultibyte(std::string_view text, std::size_t at);

/// The character at `at`, which must be inside the text.
[[nodiscard]] inline Step step(std::string_view text, std::size_t at) {
    const auto byte = static_cast<std::uint8_t>(text[at]);
    return byte < 0x80 ? Step{byte, 1, true} : stepMultibyte(text, at);
}

void append(std::string& text, char32_t code);

/// What a walk over a whole text finds.
struct Census {
    std::size_t invalid = 0;   ///< bytes that belong to no character
    std::size_t multibyte = 0; ///< bytes of well-formed characters outside ASCII
};
[[nodiscard]] Census census(std::string_view text);

} // namespace isentrope::utf8
