// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/sha256.h"

#include "core/base/file.h"

#include <algorithm>
#include <vector>

namespace isentrope {

Sha256::Sha256()
    : m_blocks(sha256BlocksByProcessor()) {
    if (m_blocks == nullptr) m_blocks = sha256BlocksPortable;
}

void Sha256::update(std::span<const std::byte> bytes) {
    const std::size_t held = m_length % m_rest.size();
    m_length += bytes.size();
    if (held > 0) {
        const std::size_t taken = std::min(bytes.size(), m_rest.size() - held);
        std::copy_n(bytes.begin(), taken, m_rest.begin() + static_cast<std::ptrdiff_t>(held));
        bytes = bytes.subspan(taken);
        if (held + taken < m_rest.size()) return;
        m_blocks(m_state, m_rest.data(), 1);
    }
    const std::size_t whole = bytes.size() / m_rest.size();
    m_blocks(m_state, bytes.data(), whole);
    bytes = bytes.subspan(whole * m_rest.size());
    std::copy(bytes.begin(), bytes.end(), m_rest.begin());
}

std::string Sha256::hex() const {
    // The end: one bit set, zeros up to 8 bytes below a multiple of 64, then the length in bits.
    Sha256 last = *this;
    std::array<std::byte, 72> end{std::byte{0x80}};
    const std::size_t zeros = (119 - m_length % 64) % 64;
    const std::uint64_t bits = m_length * 8;
    for (std::size_t i = 0; i < 8; ++i)
        end[1 + zeros + i] = static_cast<std::byte>(bits >> (56 - 8 * i));
    last.update(std::span(end).first(1 + zeros + 8));

    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint32_t word : last.m_state)
        for (int shift = 28; shift >= 0; shift -= 4)
            text += digits[word >> shift & 15];
    return text;
}

std::string sha256(std::string_view text) {
    Sha256 sum;
    sum.update(text);
    return sum.hex();
}

Expected<std::string> sha256File(const std::filesystem::path& path, const std::stop_token& stop) {
    const auto file = File::open(path);
    if (!file) return tl::unexpected(file.error());
    constexpr std::uint64_t pieceBytes = 1 << 20;
    std::vector<std::byte> piece(std::min(file->size(), pieceBytes));
    Sha256 sum;
    for (std::uint64_t at = 0; at < file->size(); at += piece.size()) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, path.string() + ": the checksum was stopped");
        const std::span bytes =
            std::span(piece).first(std::min<std::uint64_t>(piece.size(), file->size() - at));
        if (auto read = file->readAt(at, bytes); !read) return tl::unexpected(read.error());
        sum.update(bytes);
    }
    return sum.hex();
}

} // namespace isentrope
