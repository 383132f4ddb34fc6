// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace isentrope {

/// A little-endian number at `bytes[at]`; the caller has checked that it lies inside.
template <std::unsigned_integral T>
[[nodiscard]] T littleEndian(std::string_view bytes, std::size_t at) {
    T value = 0;
    for (std::size_t i = sizeof(T); i-- > 0;)
        value = static_cast<T>((static_cast<std::uint64_t>(value) << 8) |
                               static_cast<unsigned char>(bytes[at + i]));
    return value;
}

/// Walks over bytes that nobody has checked: every step answers nothing where they end.
class ByteCursor {
public:
    explicit ByteCursor(std::string_view bytes, std::size_t at = 0)
        : m_bytes(bytes)
        , m_at(at) {}

    [[nodiscard]] std::size_t at() const { return m_at; }
    [[nodiscard]] std::size_t left() const { return m_bytes.size() - m_at; }

    [[nodiscard]] std::optional<std::string_view> take(std::uint64_t count) {
        if (count > left()) return std::nullopt;
        const std::string_view taken = m_bytes.substr(m_at, static_cast<std::size_t>(count));
        m_at += static_cast<std::size_t>(count);
        return taken;
    }

    template <std::unsigned_integral T>
    [[nodiscard]] std::optional<T> number() {
        const auto taken = take(sizeof(T));
        if (!taken) return std::nullopt;
        return littleEndian<T>(*taken, 0);
    }

private:
    std::string_view m_bytes;
    std::size_t m_at;
};

} // namespace isentrope
