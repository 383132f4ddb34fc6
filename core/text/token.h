// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace isentrope {

/// Bytes [begin, end) of the original text.
struct TextSpan {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// One token and the bytes of the original text it stands for. [0, 0] where the program added it.
struct Token {
    std::int32_t id = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

} // namespace isentrope
