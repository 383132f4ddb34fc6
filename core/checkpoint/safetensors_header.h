// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

/// One tensor as the header spells it; only the form is checked, not the numbers.
struct SafetensorsRecord {
    std::string name;
    std::string type;
    std::vector<std::int64_t> shape;
    std::array<std::uint64_t, 2> offsets{}; ///< begin and end, from the end of the header
};

struct SafetensorsHeader {
    std::vector<SafetensorsRecord> records; ///< names are unique
    std::map<std::string, std::string> metadata;
};

/// The JSON of a safetensors header, `source` naming it in messages. Walked once, without a tree:
/// 100,000 tensors take a fraction of a second, and depth costs nothing.
[[nodiscard]] Expected<SafetensorsHeader> parseSafetensorsHeader(std::string_view text,
                                                                 std::string_view source);

} // namespace isentrope
