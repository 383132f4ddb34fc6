// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/pooling.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace isentrope {
namespace {

std::int64_t ceilDivide(std::int64_t a, std::int64_t b) {
    return (a + b - 1) / b;
}

} // namespace

RegionPool::RegionPool(std::int64_t rows, std::int64_t columns, std::int64_t side,
                       Reduction reduction, std::vector<std::uint8_t> openRows)
    : m_cellColumns(columns)
    , m_reduction(reduction)
    , m_openRows(std::move(openRows)) {
    m_region.stride = std::max<std::int64_t>(1, ceilDivide(std::max(rows, columns), side));
    m_region.rows = ceilDivide(rows, m_region.stride);
    m_region.columns = ceilDivide(columns, m_region.stride);
    m_region.values.resize(static_cast<std::size_t>(m_region.rows * m_region.columns));
}

template <class Real>
void RegionPool::add(std::span<const Real> values, std::int64_t rows) {
    const std::int64_t stride = m_region.stride;
    if (stride == 1) {
        std::ranges::transform(values, m_region.values.begin() + m_done * m_cellColumns,
                               [](Real value) { return static_cast<float>(value); });
        m_done += rows;
        return;
    }
    const std::int64_t bins = ceilDivide(rows, stride), firstBin = m_done / stride;
#pragma omp parallel for
    for (std::int64_t bin = 0; bin < bins; ++bin) {
        const std::int64_t row = bin * stride, height = std::min(stride, rows - row);
        float* out = m_region.values.data() + (firstBin + bin) * m_region.columns;
        for (std::int64_t column = 0; column < m_cellColumns; column += stride)
            *out++ = this->bin(values.data() + row * m_cellColumns + column,
                               {m_done + row, m_done + row + height},
                               std::min(stride, m_cellColumns - column));
    }
    m_done += rows;
}

template <class Real>
float RegionPool::bin(const Real* first, Span rows, std::int64_t columns) const {
    double sum = 0;
    Real largest = 0;
    std::int64_t count = 0;
    for (std::int64_t row = rows.begin; row < rows.end; ++row, first += m_cellColumns) {
        if (!m_openRows.empty() && !m_openRows[static_cast<std::size_t>(row)]) continue;
        for (std::int64_t column = 0; column < columns; ++column) {
            const Real value = first[column];
            sum += static_cast<double>(value);
            const bool larger = m_reduction == Reduction::Max ? value > largest
                                                              : std::abs(value) > std::abs(largest);
            if (larger || count == 0) largest = value;
            ++count;
        }
    }
    if (count == 0) return std::numeric_limits<float>::quiet_NaN();
    return static_cast<float>(m_reduction == Reduction::Mean ? sum / static_cast<double>(count)
                                                             : static_cast<double>(largest));
}

template void RegionPool::add(std::span<const float>, std::int64_t);
template void RegionPool::add(std::span<const double>, std::int64_t);

} // namespace isentrope
