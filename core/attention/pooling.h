// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace isentrope {

/// What a bin shows of its cells. LargestInSize keeps the sign: of -3 and 2 it is -3.
enum class PoolRule { Mean, Max, LargestInSize };

/// Bins of stride x stride cells, row-major; those at the end may hold fewer cells.
struct PooledRectangle {
    std::int64_t rows = 0, columns = 0; ///< bins
    std::int64_t stride = 1;
    std::vector<float> values;
};

/// Pools a rectangle that comes in blocks of rows, from the first to the last.
class RectanglePool {
public:
    /// As few cells a bin as let the longer side fit into `side` bins.
    RectanglePool(std::int64_t rows, std::int64_t columns, std::int64_t side, PoolRule rule);

    /// The next rows; `rowStride` elements from one to the next. Rows beyond the last are ignored.
    void add(const float* cells, std::int64_t rowStride, std::int64_t rows);
    /// After the last row.
    [[nodiscard]] const PooledRectangle& result() const { return m_result; }

private:
    void addRow(const float* cells);
    void closeStrip();

    std::int64_t m_rows, m_columns, m_next = 0;
    PoolRule m_rule;
    PooledRectangle m_result;
    std::vector<float> m_strip; ///< the rows of the open strip of bins, folded column by column
};

/// a[c] -= b[c].
void subtract(std::span<float> a, std::span<const float> b);

/// a[c] = ln(a[c] / b[c]). A weight of 0 counts as the smallest normal number, so that two cells
/// nobody looks at are equal and every ratio is finite.
void logRatio(std::span<float> a, std::span<const float> b);

} // namespace isentrope
