// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/pooling.h"

#include "core/attention/column_pool.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace isentrope {

namespace {

float largerInSize(float a, float b) {
    return std::abs(b) > std::abs(a) ? b : a;
}

/// What a bin or column holds before its first cell.
float neutral(PoolRule rule) {
    return rule == PoolRule::Max ? -std::numeric_limits<float>::infinity() : 0;
}

template <class Combine>
void foldInto(std::vector<float>& strip, const float* cells, const Combine& combine) {
    for (std::size_t column = 0; column < strip.size(); ++column)
        strip[column] = combine(strip[column], cells[column]);
}

} // namespace

RectanglePool::RectanglePool(std::int64_t rows, std::int64_t columns, std::int64_t side,
                             PoolRule rule)
    : m_rows(rows)
    , m_columns(columns)
    , m_rule(rule) {
    const std::int64_t longer = std::max(rows, columns);
    m_result.stride = std::max<std::int64_t>(1, binCount(longer, std::max<std::int64_t>(1, side)));
    m_result.rows = binCount(rows, m_result.stride);
    m_result.columns = binCount(columns, m_result.stride);
    m_result.values.assign(static_cast<std::size_t>(m_result.rows * m_result.columns),
                           neutral(rule));
    m_strip.assign(static_cast<std::size_t>(columns), neutral(rule));
}

void RectanglePool::add(const float* cells, std::int64_t rowStride, std::int64_t rows) {
    for (std::int64_t row = 0; row < rows && m_next < m_rows; ++row) {
        addRow(cells + row * rowStride);
        ++m_next;
        if (m_next % m_result.stride == 0 || m_next == m_rows) closeStrip();
    }
}

void RectanglePool::addRow(const float* cells) {
    switch (m_rule) {
    case PoolRule::Mean:
        return foldInto(m_strip, cells, [](float a, float b) { return a + b; });
    case PoolRule::Max:
        return foldInto(m_strip, cells, [](float a, float b) { return a < b ? b : a; });
    case PoolRule::LargestInSize:
        return foldInto(m_strip, cells, largerInSize);
    }
}

void RectanglePool::closeStrip() {
    const std::int64_t stride = m_result.stride;
    const std::int64_t bin = (m_next - 1) / stride;
    const std::int64_t rows = m_next - bin * stride;
    float* bins = m_result.values.data() + bin * m_result.columns;
    switch (m_rule) {
    case PoolRule::Mean:
        addPooled<float>(m_strip, stride, bins);
        for (std::int64_t column = 0; column < m_result.columns; ++column)
            bins[column] /= static_cast<float>(
                rows * (std::min(m_columns, (column + 1) * stride) - column * stride));
        break;
    case PoolRule::Max:
        raisePooled<float>(m_strip, stride, bins);
        break;
    case PoolRule::LargestInSize:
        for (std::size_t column = 0; column < m_strip.size(); ++column) {
            float& value = bins[static_cast<std::int64_t>(column) / stride];
            value = largerInSize(value, m_strip[column]);
        }
        break;
    }
    std::fill(m_strip.begin(), m_strip.end(), neutral(m_rule));
}

void subtract(std::span<float> a, std::span<const float> b) {
    for (std::size_t cell = 0; cell < a.size(); ++cell)
        a[cell] -= b[cell];
}

void logRatio(std::span<float> a, std::span<const float> b) {
    constexpr float tiny = std::numeric_limits<float>::min();
    for (std::size_t cell = 0; cell < a.size(); ++cell)
        a[cell] = std::log(std::max(a[cell], tiny)) - std::log(std::max(b[cell], tiny));
}

} // namespace isentrope
