// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/checkpoint.h"

#include <cstdint>
#include <vector>

namespace isentrope::bench {

/// The same model as one writes it with tensors: whole n x n maps, one operation after the other,
/// and the row statistics by further operations on the map. The mean per signed distance is left
/// out, which no short sequence of operations gives.
void plainForward(const ModelConfig& config, const ModelWeights& weights,
                  const std::vector<std::int32_t>& ids);

/// Only the products of a forward pass, in the same blocks of rows: what nothing can be faster
/// than.
void productsAlone(const ModelConfig& config, std::int64_t length, std::int64_t blockRows);

void useThreads(int count);

} // namespace isentrope::bench
