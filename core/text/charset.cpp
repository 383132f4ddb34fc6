// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/charset.h"

#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <iconv.h>

namespace isentrope {
namespace {

/// The C library's converter to UTF-8.
class Converter {
public:
    explicit Converter(const char* charset)
        : m_handle(::iconv_open("UTF-8", charset))
        , m_unit(std::string_view(charset).starts_with("UTF-16") ? 2 : 1) {}
    ~Converter() {
        if (isOpen()) ::iconv_close(m_handle);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    [[nodiscard]] bool isOpen() const {
        // iconv_open() answers (iconv_t)-1 where it does not know the charset.
        return reinterpret_cast<std::intptr_t>(m_handle) != -1;
    }

    /// Hands converted pieces to `take(bytes)`, and `skip(count)` for invalid bytes.
    template <class Take, class Skip>
    void run(std::string_view bytes, Take take, Skip skip) {
        char* input = const_cast<char*>(bytes.data()); // iconv() does not write through it
        std::size_t left = bytes.size();
        std::array<char, 65536> buffer;
        while (left > 0) {
            char* output = buffer.data();
            std::size_t room = buffer.size();
            const std::size_t status = ::iconv(m_handle, &input, &left, &output, &room);
            const int problem = status == static_cast<std::size_t>(-1) ? errno : 0;
            take(std::string_view(buffer.data(), buffer.size() - room));
            if (problem == 0 || problem == E2BIG) continue;
            const std::size_t invalid = std::min(m_unit, left);
            skip(invalid);
            input += invalid;
            left -= invalid;
        }
    }

private:
    iconv_t m_handle;
    std::size_t m_unit; ///< bytes to go on by after an error
};

tl::unexpected<Error> unknownCharset(const char* charset) {
    return fail(ErrorCode::Unsupported, std::string("the C library of this system cannot read ") +
                                            charset + "; convert the text to UTF-8");
}

} // namespace

Expected<Converted> convertCharset(std::string_view bytes, const char* charset) {
    Converter converter(charset);
    if (!converter.isOpen()) return unknownCharset(charset);
    Converted result;
    converter.run(
        bytes, [&](std::string_view piece) { result.text += piece; },
        [&](std::size_t count) {
            utf8::append(result.text, unicode::replacement);
            result.invalidBytes += count;
        });
    return result;
}

Expected<std::size_t> countInvalid(std::string_view bytes, const char* charset) {
    Converter converter(charset);
    if (!converter.isOpen()) return unknownCharset(charset);
    std::size_t invalid = 0;
    converter.run(
        bytes, [](std::string_view) {}, [&](std::size_t count) { invalid += count; });
    return invalid;
}

Converted repairUtf8(std::string bytes) {
    const std::size_t invalid = utf8::census(bytes).invalid;
    if (invalid == 0) return {std::move(bytes), 0};
    Converted result{{}, invalid};
    result.text.reserve(bytes.size() + 2 * invalid);
    for (std::size_t at = 0; at < bytes.size();) {
        const utf8::Step next = utf8::step(bytes, at);
        utf8::append(result.text, next.code);
        at += next.length;
    }
    return result;
}

Converted convertLatin1(std::string_view bytes) {
    Converted result;
    result.text.reserve(bytes.size());
    for (const char byte : bytes)
        utf8::append(result.text, static_cast<unsigned char>(byte));
    return result;
}

} // namespace isentrope
