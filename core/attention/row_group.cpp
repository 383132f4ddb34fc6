// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/row_group.h"

#include "core/attention/column_pool.h"

#include <algorithm>
#include <cmath>

namespace isentrope {

RowGrouping RowGrouping::of(std::int64_t n, std::int64_t overviewSide) {
    RowGrouping grouping;
    grouping.length = n;
    grouping.stride =
        std::max<std::int64_t>(1, binCount(n, std::max<std::int64_t>(1, overviewSide)));
    grouping.side = binCount(n, grouping.stride);
    return grouping;
}

std::int64_t RowGrouping::stripEnd(std::int64_t row) const {
    return std::min(length, (row / stride + 1) * stride);
}

std::int64_t RowGrouping::groupEnd(std::int64_t row) const {
    const std::int64_t rows = groupRows();
    if (stride < aboutRows) return std::min(length, (row / rows + 1) * rows);
    const std::int64_t strip = row / stride * stride;
    const std::int64_t part = (row - strip) / aboutRows + 1;
    return std::min(stripEnd(row), strip + part * aboutRows);
}

std::int64_t RowGrouping::groupRows() const {
    return stride < aboutRows ? aboutRows / stride * stride : aboutRows;
}

template <class Real>
RowGroup<Real>::RowGroup(const RowContext<Real>& context)
    : m_context(context) {
    const auto n = static_cast<std::size_t>(context.grouping.length);
    if (context.options.profiles || context.options.overview) m_stripSum.resize(n);
    if (context.options.overview) m_stripMax.resize(n);
    if (context.options.profiles) {
        m_received.resize(n);
        m_distance.reserve(n + static_cast<std::size_t>(context.grouping.groupRows()));
    }
}

template <class Real>
void RowGroup<Real>::run(const RowBlock<Real>& block, Span rows) {
    m_rows = rows;
    if (m_context.options.profiles) {
        std::fill(m_received.begin(), m_received.end(), Real{0});
        const std::int64_t distances = m_context.grouping.length + (rows.end - rows.begin) - 1;
        m_distance.assign(static_cast<std::size_t>(distances), Real{0});
    }
    if (m_context.options.overview) {
        const std::int64_t strips =
            binCount(rows.end, m_context.grouping.stride) - rows.begin / m_context.grouping.stride;
        const auto cells = static_cast<std::size_t>(strips * m_context.grouping.side);
        m_pooledSum.assign(cells, 0);
        m_pooledMax.assign(cells, 0);
    }
    for (std::int64_t row = rows.begin; row < rows.end;) {
        const std::int64_t end = std::min(rows.end, m_context.grouping.stripEnd(row));
        runStrip(block, {row, end});
        row = end;
    }
}

template <class Real>
void RowGroup<Real>::runStrip(const RowBlock<Real>& block, Span rows) {
    std::fill(m_stripSum.begin(), m_stripSum.end(), Real{0});
    std::fill(m_stripMax.begin(), m_stripMax.end(), Real{0});
    const std::int64_t tiles = binCount(m_context.grouping.length, tileColumns);
    for (std::int64_t first = rows.begin; first < rows.end; first += together) {
        const auto count = static_cast<std::size_t>(std::min(together, rows.end - first));
        const std::span<Row> working(m_working.data(), count);
        std::int64_t index = first;
        for (Row& row : working) {
            walk(row, block.values + (index - block.firstRow) * block.stride, index);
            ++index;
        }
        for (std::int64_t tile = 0; tile < tiles; ++tile)
            for (const Row& row : working)
                scaleTile(row, tile);
        for (const Row& row : working)
            if (row.counted) writeMasses(row);
    }
    closeStrip(rows.begin);
}

/// Exponentials and sums of one row, and the statistics that follow from them.
template <class Real>
void RowGroup<Real>::walk(Row& row, Real* values, std::int64_t index) {
    const auto at = static_cast<std::size_t>(index);
    const int ranges = m_context.statistics.ranges;
    row.values = values;
    row.index = index;
    row.open = openStretches(index, m_context.plan.window, m_context.plan.sinks,
                             m_context.tables.openKeys());
    cutRow(index, row.open, ranges, m_segments);
    const Real beta = m_context.plan.adaptive.empty() ? Real{1} : adaptedScale(row, values);
    row.sums.reset(ranges, m_context.grouping.length);
    m_context.kernels.walk(m_context.tables.row(values, index, beta), m_segments, true, row.sums);
    row.total = totalOf(row.sums);
    m_context.logSumExp[at] = static_cast<Real>(row.total.logSumExp);
    const bool padding = !m_context.openKey.empty() && m_context.openKey[at] == 0;
    row.closed = !row.total.alive() && !holdsNaN(row);
    row.counted = row.total.alive() && std::isfinite(row.total.sums.mass) && !padding;
    m_context.counted[at] = row.counted ? 1 : 0;
    if (row.counted) writeStatistics(row.sums, row.total, index, m_context.statistics);
}

/// A row without a largest logit is closed, or broken: then its weights are NaN, not 0.
template <class Real>
bool RowGroup<Real>::holdsNaN(const Row& row) const {
    for (const Span& open : row.open.spans())
        if (std::any_of(row.values + open.begin, row.values + open.end,
                        [](Real value) { return std::isnan(value); }))
            return true;
    return false;
}

/// beta from the entropy of the row as it is without it.
template <class Real>
Real RowGroup<Real>::adaptedScale(Row& row, Real* values) {
    row.sums.reset(m_context.statistics.ranges, m_context.grouping.length);
    m_context.kernels.walk(m_context.tables.row(values, row.index, 1), m_segments, false, row.sums);
    const Real beta = adaptiveScale(m_context.plan, entropyOf(totalOf(row.sums).sums));
    m_context.rowScale[static_cast<std::size_t>(row.index)] = beta;
    return beta;
}

/// Weights of one row in one tile: open stretches scaled, the rest exactly 0.
template <class Real>
void RowGroup<Real>::scaleTile(const Row& row, std::int64_t tile) {
    const Span columns = {tile * tileColumns,
                          std::min(m_context.grouping.length, (tile + 1) * tileColumns)};
    const double reference = double{row.sums.tileReference[static_cast<std::size_t>(tile)]};
    const double factor = std::exp(reference - row.total.sums.reference) / row.total.sums.mass;
    std::int64_t from = columns.begin;
    for (const Span& open : row.open.spans()) {
        const Span part = {std::max(columns.begin, open.begin), std::min(columns.end, open.end)};
        if (part.begin >= part.end || row.closed) continue;
        std::fill(row.values + from, row.values + part.begin, Real{0});
        scaleOpen(row, part, static_cast<Real>(factor));
        from = part.end;
    }
    std::fill(row.values + from, row.values + columns.end, Real{0});
}

template <class Real>
void RowGroup<Real>::scaleOpen(const Row& row, Span columns, Real factor) {
    ScaleTask<Real> task;
    task.weights = row.values;
    task.columns = m_context.grouping.length;
    task.begin = columns.begin;
    task.end = columns.end;
    task.factor = factor;
    if (row.counted) {
        if (!m_stripSum.empty()) task.sum = m_stripSum.data();
        if (!m_stripMax.empty()) task.largest = m_stripMax.data();
        if (!m_distance.empty()) task.distance = m_distance.data() + (m_rows.end - 1 - row.index);
    }
    m_context.kernels.scale(task);
}

template <class Real>
void RowGroup<Real>::writeMasses(const Row& row) {
    const std::int64_t n = m_context.grouping.length;
    const auto at = static_cast<std::size_t>(row.index);
    const auto mass = [&](std::int64_t begin, std::int64_t end) {
        begin = std::clamp<std::int64_t>(begin, 0, n);
        end = std::clamp<std::int64_t>(end, begin, n);
        return static_cast<Real>(m_context.kernels.total(row.values, n, begin, end));
    };
    const StatisticsOptions& options = m_context.options;
    const std::int64_t near = std::clamp<std::int64_t>(options.near, -1, n);
    m_context.statistics.nearMass[at] = mass(row.index - near, row.index + near + 1);
    m_context.statistics.sinkMass[at] = mass(0, options.sinks);
    for (std::size_t span = 0; span < options.spans.size(); ++span)
        m_context.statistics.spanMass[at * options.spans.size() + span] =
            mass(options.spans[span].begin, options.spans[span].end);
}

template <class Real>
void RowGroup<Real>::closeStrip(std::int64_t firstRow) {
    for (std::size_t key = 0; key < m_received.size(); ++key)
        m_received[key] += m_stripSum[key];
    if (!m_context.options.overview) return;
    const RowGrouping& grouping = m_context.grouping;
    const std::int64_t strip = firstRow / grouping.stride - m_rows.begin / grouping.stride;
    const std::int64_t offset = strip * grouping.side;
    addPooled<Real>(m_stripSum, grouping.stride, m_pooledSum.data() + offset);
    raisePooled<Real>(m_stripMax, grouping.stride, m_pooledMax.data() + offset);
}

template class RowGroup<float>;
template class RowGroup<double>;

} // namespace isentrope
