// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result/number_type.h"

#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

struct NpyHeader {
    NumberType type = NumberType::F32;
    std::vector<std::int64_t> shape;
};

/// Magic, version 1.0, length and the dictionary, so that the numbers begin at a multiple of 64.
[[nodiscard]] std::string npyHeaderText(const NpyHeader& header);

/// The dictionary alone: exactly the keys descr, fortran_order and shape, as Python prints them.
/// `source` begins the message of an error.
[[nodiscard]] Expected<NpyHeader> parseNpyHeader(std::string_view dictionary,
                                                 const std::string& source);

} // namespace isentrope
