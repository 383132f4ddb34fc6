// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/checkpoint/pickle_values.h"

#include <string_view>

namespace isentrope {

struct Pickle {
    PickleValues values;
    PickleRef root = 0;
    std::size_t end = 0; ///< one past its STOP
};

/// Reads one pickle of protocol 2 or 3 that begins at `begin` of `bytes`. Only the operations
/// torch.save writes for a state_dict are known and only the names of PickleCallable are allowed;
/// time and memory are linear in the bytes read. Truncated where `bytes` end before it does.
[[nodiscard]] Expected<Pickle> readPickle(std::string_view bytes, std::size_t begin,
                                          std::string_view source);

} // namespace isentrope
