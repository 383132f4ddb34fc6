// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/encoding.h"

#include "core/base/file.h"
#include "core/base/nearest.h"
#include "core/text/charset.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <utility>
#include <vector>

namespace isentrope {
namespace {

struct ByteOrderMark {
    std::string_view bytes;
    std::string_view encoding;
};

constexpr std::array<ByteOrderMark, 3> byteOrderMarks = {{
    {"\xEF\xBB\xBF", "UTF-8"},
    {"\xFF\xFE", "UTF-16LE"},
    {"\xFE\xFF", "UTF-16BE"},
}};

unsigned char byteAt(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

bool isAsciiLetter(unsigned char byte) {
    return byte < 0x80 && std::isalpha(byte) != 0;
}

/// What the bytes outside ASCII look like, taken one by one.
struct ForeignBytes {
    std::size_t count = 0;
    std::size_t alone = 0;       ///< with ASCII, or nothing, on both sides
    bool onlyPrintable = true;   ///< letters or signs of Latin-1
    bool touchesALetter = false; ///< at least one stands next to an ASCII letter

    [[nodiscard]] bool canBeLatin1() const { return onlyPrintable && touchesALetter; }
};

ForeignBytes lookAtForeign(std::string_view bytes) {
    ForeignBytes found;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned char byte = byteAt(bytes, i);
        if (byte < 0x80) continue;
        const unsigned char before = i > 0 ? byteAt(bytes, i - 1) : 0;
        const unsigned char after = i + 1 < bytes.size() ? byteAt(bytes, i + 1) : 0;
        ++found.count;
        if (before < 0x80 && after < 0x80) ++found.alone;
        if (byte < 0xA0 || byte == 0xFF) found.onlyPrintable = false;
        if (isAsciiLetter(before) || isAsciiLetter(after)) found.touchesALetter = true;
    }
    return found;
}

std::string detect(std::string_view bytes) {
    for (const auto& [mark, encoding] : byteOrderMarks)
        if (bytes.starts_with(mark)) return std::string(encoding);
    const utf8::Census census = utf8::census(bytes);
    if (census.invalid == 0) return "UTF-8";
    const ForeignBytes foreign = lookAtForeign(bytes);
    if (3 * census.multibyte >= 2 * foreign.count) return "UTF-8";
    if (foreign.canBeLatin1() && 2 * foreign.alone >= foreign.count) return "Latin-1";
    const bool isEnough = foreign.count >= 4 || 2 * foreign.count >= bytes.size();
    const auto invalid = isEnough ? countInvalid(bytes, "GB18030") : foreign.count;
    if (invalid && 10 * *invalid <= foreign.count) return "GB18030";
    return foreign.canBeLatin1() ? "Latin-1" : "UTF-8";
}

std::string lowerCase(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char letter) {
        return static_cast<char>(std::tolower(letter));
    });
    return lower;
}

tl::unexpected<Error> unknownEncoding(std::string_view asked) {
    std::string known, hint;
    std::vector<std::string> lowered;
    for (const std::string& name : encodingNames()) {
        known += (known.empty() ? "" : ", ") + name;
        lowered.push_back(lowerCase(name));
    }
    const auto near = nearestName(lowerCase(asked), lowered);
    for (std::size_t i = 0; i < lowered.size(); ++i)
        if (near == lowered[i]) hint = " Did you mean \"" + encodingNames()[i] + "\"?";
    return fail(ErrorCode::BadUsage, "unknown encoding \"" + std::string(asked) +
                                         "\"; expected one of " + known + "." + hint);
}

Expected<std::string> canonicalName(std::string_view asked) {
    for (const std::string& name : encodingNames())
        if (lowerCase(name) == lowerCase(asked)) return name;
    return unknownEncoding(asked);
}

bool dropByteOrderMark(std::string& bytes, std::string_view encoding) {
    for (const auto& [mark, markedEncoding] : byteOrderMarks)
        if (encoding == markedEncoding && bytes.starts_with(mark)) {
            bytes.erase(0, mark.size());
            return true;
        }
    return false;
}

Expected<Converted> convert(std::string bytes, const std::string& encoding) {
    if (encoding == "UTF-8") return repairUtf8(std::move(bytes));
    if (encoding == "Latin-1") return convertLatin1(bytes);
    return convertCharset(bytes, encoding.c_str());
}

} // namespace

std::span<const std::string> encodingNames() {
    static const std::array<std::string, 6> names = {"auto",    "UTF-8",    "GB18030",
                                                     "Latin-1", "UTF-16LE", "UTF-16BE"};
    return names;
}

Expected<DecodedText> decodeText(std::string bytes, std::string_view encoding) {
    auto name = canonicalName(encoding);
    if (!name) return tl::unexpected(name.error());
    if (*name == "auto") name = detect(bytes);
    const bool marked = dropByteOrderMark(bytes, *name);
    auto converted = convert(std::move(bytes), *name);
    if (!converted) return tl::unexpected(converted.error());
    if (converted->text.size() > std::numeric_limits<std::uint32_t>::max())
        return fail(ErrorCode::TooLarge,
                    "the text has more than 4 GiB in UTF-8; cut it into parts");
    if (marked && *name == "UTF-8") *name += " with BOM";
    return DecodedText{std::move(converted->text), *name, converted->invalidBytes};
}

Expected<DecodedText> readTextFile(const std::filesystem::path& file, std::string_view encoding) {
    auto bytes = readWholeFile(file, largestTextFile);
    if (!bytes) return tl::unexpected(bytes.error());
    auto decoded = decodeText(std::move(*bytes), encoding);
    if (!decoded) return fail(decoded.error().code, file.string() + ": " + decoded.error().message);
    return decoded;
}

} // namespace isentrope
