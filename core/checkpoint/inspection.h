// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/checkpoint/checkpoint.h"

namespace isentrope {

/// Everything there is to say about a checkpoint, as the JSON of `inspect`. Reads the weights
/// twice: for their sha256 and for values that are odd.
[[nodiscard]] Expected<OrderedJson> inspection(const Checkpoint& checkpoint);

} // namespace isentrope
