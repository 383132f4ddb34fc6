// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/row_chunks.h"

#include <algorithm>

namespace isentrope {
namespace {

/// Rows of short texts that one product takes at full speed.
constexpr std::int64_t rowsTogether = 1024;

} // namespace

std::vector<RowChunk> rowChunks(std::int64_t count, std::int64_t length, std::int64_t blockRows,
                                bool together) {
    std::vector<RowChunk> chunks;
    const std::int64_t texts =
        together && length <= blockRows ? std::max<std::int64_t>(1, rowsTogether / length) : 1;
    for (std::int64_t text = 0; text < count; text += texts) {
        const std::int64_t now = std::min(texts, count - text);
        for (std::int64_t row = 0; row < length; row += blockRows)
            chunks.push_back({text, now, {row, std::min(row + blockRows, length)}});
    }
    return chunks;
}

std::int64_t largestChunk(const std::vector<RowChunk>& chunks) {
    std::int64_t rows = 0;
    for (const RowChunk& chunk : chunks)
        rows = std::max(rows, chunk.texts * (chunk.rows.end - chunk.rows.begin));
    return rows;
}

} // namespace isentrope
