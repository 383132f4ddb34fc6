// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/sha256_blocks.h"

#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace isentrope {

/// SHA-256 of bytes that come piece by piece.
class Sha256 {
public:
    /// By the processor's SHA instructions where it has them.
    Sha256();
    explicit Sha256(Sha256Blocks blocks)
        : m_blocks(blocks) {}

    void update(std::span<const std::byte> bytes);
    void update(std::string_view text) { update(std::as_bytes(std::span(text))); }
    /// The digest of everything so far as 64 lower-case hexadecimal digits; more may follow.
    [[nodiscard]] std::string hex() const;

private:
    /// The first 32 bits of the fractional parts of the square roots of the first eight primes.
    Sha256State m_state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                           0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::byte, 64> m_rest{}; ///< the last bytes, not yet a whole block
    std::uint64_t m_length = 0;         ///< bytes so far
    Sha256Blocks m_blocks;
};

[[nodiscard]] std::string sha256(std::string_view text);

/// Of a whole file, read in bounded pieces; Cancelled once a stop is requested.
[[nodiscard]] Expected<std::string> sha256File(const std::filesystem::path& path,
                                               const std::stop_token& stop = {});

} // namespace isentrope
