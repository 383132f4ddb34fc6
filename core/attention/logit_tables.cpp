// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/logit_tables.h"

#include <algorithm>
#include <cstdlib>

namespace isentrope {

namespace {

/// table[|j - i|] at index (j - firstColumn) + (lastRow - i); `neutral` where there is no table.
template <class Real>
std::vector<Real> mirrored(const std::vector<Real>& table, Real neutral, Span rows, Span columns) {
    const std::int64_t size = (columns.end - columns.begin) + (rows.end - rows.begin) - 1;
    std::vector<Real> result(static_cast<std::size_t>(size), neutral);
    if (table.empty()) return result;
    const std::int64_t first = columns.begin - (rows.end - 1);
    for (std::int64_t index = 0; index < size; ++index)
        result[static_cast<std::size_t>(index)] =
            table[static_cast<std::size_t>(std::abs(first + index))];
    return result;
}

Span openExtent(std::span<const std::uint8_t> openKey, Span columns) {
    if (openKey.empty()) return columns;
    Span open = columns;
    while (open.begin < open.end && openKey[static_cast<std::size_t>(open.begin)] == 0)
        ++open.begin;
    while (open.end > open.begin && openKey[static_cast<std::size_t>(open.end - 1)] == 0)
        --open.end;
    return open;
}

bool hasClosed(std::span<const std::uint8_t> openKey, Span keys) {
    if (openKey.empty()) return false;
    return std::any_of(openKey.begin() + keys.begin, openKey.begin() + keys.end,
                       [](std::uint8_t open) { return open == 0; });
}

} // namespace

template <class Real>
LogitTables<Real>::LogitTables(const RowPlan<Real>& plan, std::span<const std::uint8_t> openKey,
                               Span rows, Span columns)
    : m_plan(plan)
    , m_rows(rows)
    , m_columns(columns)
    , m_openKeys(openExtent(openKey, columns)) {
    const bool closed = hasClosed(openKey, m_openKeys);
    m_plain = plan.distanceFactor.empty() && plan.distanceBias.empty() && !closed;
    if (m_plain || rows.begin >= rows.end || columns.begin >= columns.end) return;
    m_factor = mirrored(plan.distanceFactor, Real{1}, rows, columns);
    m_bias = mirrored(plan.distanceBias, Real{0}, rows, columns);
    constexpr Real infinity = std::numeric_limits<Real>::infinity();
    m_cap.assign(static_cast<std::size_t>(columns.end - columns.begin), infinity);
    for (std::int64_t key = columns.begin; closed && key < columns.end; ++key)
        if (openKey[static_cast<std::size_t>(key)] == 0)
            m_cap[static_cast<std::size_t>(key - columns.begin)] = -infinity;
}

template <class Real>
LogitRow<Real> LogitTables<Real>::row(Real* values, std::int64_t row, Real extraScale) const {
    LogitRow<Real> result;
    result.values = values;
    result.row = row - m_columns.begin;
    result.columns = m_columns.end - m_columns.begin;
    result.scale = m_plan.factor * extraScale;
    if (!m_plan.rowFactor.empty()) result.scale *= m_plan.rowFactor[static_cast<std::size_t>(row)];
    if (m_plain) return result;
    const std::int64_t shift = m_rows.end - 1 - row;
    result.distanceFactor = m_factor.data() + shift;
    result.distanceBias = m_bias.data() + shift;
    result.cap = m_cap.data();
    return result;
}

template class LogitTables<float>;
template class LogitTables<double>;

} // namespace isentrope
