// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/tensor_name.h"

#include <algorithm>
#include <cstdint>

namespace isentrope {
namespace {

constexpr std::size_t longestTensorName = 1024;
constexpr std::size_t longestFileName = 255;
constexpr std::size_t longestQuote = 80;

bool isControl(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

struct Sequence {
    std::size_t length; ///< bytes, 0 where the first byte cannot begin one
    std::uint32_t least;
    std::uint32_t bits; ///< of the first byte
};

Sequence sequenceOf(unsigned char first) {
    if (first < 0x80) return {1, 0, first};
    if ((first & 0xe0) == 0xc0) return {2, 0x80, first & 0x1fu};
    if ((first & 0xf0) == 0xe0) return {3, 0x800, first & 0x0fu};
    if ((first & 0xf8) == 0xf0) return {4, 0x10000, first & 0x07u};
    return {0, 0, 0};
}

/// Length of the well-formed sequence at the front of `text`, 0 where there is none.
std::size_t sequenceLength(std::string_view text) {
    const Sequence sequence = sequenceOf(static_cast<unsigned char>(text.front()));
    if (sequence.length == 0 || sequence.length > text.size()) return 0;
    std::uint32_t point = sequence.bits;
    for (std::size_t i = 1; i < sequence.length; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0) != 0x80) return 0;
        point = (point << 6) | (byte & 0x3fu);
    }
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    return point < sequence.least || point > 0x10ffff || surrogate ? 0 : sequence.length;
}

bool leavesItsFolder(std::string_view name) {
    return name == ".." || name.front() == '/' || name.find("../") != std::string_view::npos ||
           name.find("..\\") != std::string_view::npos || name.ends_with("/..") ||
           name.ends_with("\\..");
}

} // namespace

bool isUtf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = sequenceLength(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::optional<std::string> tensorNameProblem(std::string_view name) {
    if (name.empty()) return "is empty";
    if (name.size() > longestTensorName)
        return "has " + std::to_string(name.size()) + " bytes, expected at most " +
               std::to_string(longestTensorName);
    if (!isUtf8(name)) return "is not UTF-8";
    if (std::ranges::any_of(name, isControl)) return "holds a control character";
    if (leavesItsFolder(name)) return "is shaped like a path out of a folder";
    return std::nullopt;
}

std::optional<std::string> shardNameProblem(std::string_view name) {
    if (name.empty()) return "is empty";
    if (name.size() > longestFileName)
        return "has " + std::to_string(name.size()) + " bytes, expected at most " +
               std::to_string(longestFileName);
    if (!isUtf8(name) || std::ranges::any_of(name, isControl))
        return "is not plain text without control characters";
    if (name == "." || name == ".." || name.find_first_of("/\\:") != std::string_view::npos)
        return "leads out of the folder of the index";
    return std::nullopt;
}

std::string inQuotes(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "\"";
    for (const char c : bytes.substr(0, longestQuote)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\')
            text += c;
        else
            text += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    }
    return text + (bytes.size() > longestQuote ? "…\"" : "\"");
}

} // namespace isentrope
