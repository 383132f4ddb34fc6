// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/utf8.h"

#include "core/text/unicode.h"

namespace isentrope::utf8 {
namespace {

/// Length, payload of the first byte, and the allowed range of the second byte, which is what
/// shuts out overlong forms, surrogates and code points above U+10FFFF.
struct Lead {
    std::uint8_t length, payload, lowest, highest;
};

Lead leadOf(std::uint8_t byte) {
    const auto low = [byte](int mask) { return static_cast<std::uint8_t>(byte & mask); };
    if (byte >= 0xC2 && byte <= 0xDF) return {2, low(0x1F), 0x80, 0xBF};
    if (byte == 0xE0) return {3, low(0x0F), 0xA0, 0xBF};
    if (byte == 0xED) return {3, low(0x0F), 0x80, 0x9F};
    if (byte >= 0xE1 && byte <= 0xEF) return {3, low(0x0F), 0x80, 0xBF};
    if (byte == 0xF0) return {4, low(0x07), 0x90, 0xBF};
    if (byte >= 0xF1 && byte <= 0xF3) return {4, low(0x07), 0x80, 0xBF};
    if (byte == 0xF4) return {4, low(0x07), 0x80, 0x8F};
    return {1, 0, 0, 0};
}

} // namespace

Step stepMultibyte(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[at + i]); };
    const Lead lead = leadOf(byte(0));
    char32_t code = lead.payload;
    for (std::uint8_t i = 1; i < lead.length; ++i) {
        const std::uint8_t lowest = i == 1 ? lead.lowest : 0x80;
        const std::uint8_t highest = i == 1 ? lead.highest : 0xBF;
        if (at + i >= text.size() || byte(i) < lowest || byte(i) > highest)
            return {unicode::replacement, i, false};
        code = code << 6 | (byte(i) & 0x3Fu);
    }
    if (lead.length == 1) return {unicode::replacement, 1, false};
    return {code, lead.length, true};
}

void append(std::string& text, char32_t code) {
    const auto add = [&text](char32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xC0 | code >> 6);
        add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        add(0xE0 | code >> 12);
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    } else {
        add(0xF0 | code >> 18);
        add(0x80 | (code >> 12 & 0x3F));
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    }
}

Census census(std::string_view text) {
    Census found;
    for (std::size_t at = 0; at < text.size();) {
        const Step next = step(text, at);
        if (!next.valid) found.invalid += next.length;
        if (next.valid && next.length > 1) found.multibyte += next.length;
        at += next.length;
    }
    return found;
}

} // namespace isentrope::utf8
