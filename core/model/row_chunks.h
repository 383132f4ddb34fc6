// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/row_pass.h"

#include <cstdint>
#include <vector>

namespace isentrope {

/// What is worked on at once: a block of rows of one text, or all rows of several short texts.
struct RowChunk {
    std::int64_t firstText = 0;
    std::int64_t texts = 1;
    Span rows; ///< inside each of these texts
};

/// Chunks that cover `count` texts of `length` rows in order. Short texts go together where the
/// kernels can run several at once.
[[nodiscard]] std::vector<RowChunk> rowChunks(std::int64_t count, std::int64_t length,
                                              std::int64_t blockRows, bool together);

/// Rows of the largest chunk, over all its texts.
[[nodiscard]] std::int64_t largestChunk(const std::vector<RowChunk>& chunks);

} // namespace isentrope
