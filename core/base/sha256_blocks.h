// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace isentrope {

/// The eight chaining words of SHA-256 (FIPS 180-4), a to h.
using Sha256State = std::array<std::uint32_t, 8>;

/// Mixes `count` blocks of 64 bytes each into the state.
using Sha256Blocks = void (*)(Sha256State& state, const std::byte* blocks, std::size_t count);

void sha256BlocksPortable(Sha256State& state, const std::byte* blocks, std::size_t count);

/// The same by the processor's SHA instructions; null where it has none.
[[nodiscard]] Sha256Blocks sha256BlocksByProcessor();

} // namespace isentrope
