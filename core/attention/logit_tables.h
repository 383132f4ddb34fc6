// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/row_pass.h"

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace isentrope {

/// What turns the similarities of one row into logits, column j:
///   x = min(values[j] * scale * distanceFactor[j] + distanceBias[j], cap[j])
/// The three tables are either all there or all absent (null): x = values[j] * scale.
template <class Real>
struct LogitRow {
    Real* values = nullptr;
    std::int64_t row = 0;
    std::int64_t columns = 0; ///< all of values[0 .. columns) may be read
    Real scale = 1;
    const Real* distanceFactor = nullptr;
    const Real* distanceBias = nullptr;
    const Real* cap = nullptr;
};

/// The tables of a plan over t = |i - j|, mirrored so that those of one row lie in the order of
/// its columns, and infinity (open) or -infinity (closed) per key.
template <class Real>
class LogitTables {
public:
    /// For rows [firstRow, firstRow + rows) and columns [firstColumn, firstColumn + columns).
    /// `openKey` over all n keys, or empty.
    LogitTables(const RowPlan<Real>& plan, std::span<const std::uint8_t> openKey, Span rows,
                Span columns);

    /// Keys before and after this stretch are all closed; within the columns of the tables.
    [[nodiscard]] Span openKeys() const { return m_openKeys; }
    /// `values` is the row's first of these columns; `extraScale` multiplies the plan's factors.
    [[nodiscard]] LogitRow<Real> row(Real* values, std::int64_t row, Real extraScale) const;

private:
    const RowPlan<Real>& m_plan;
    Span m_rows, m_columns, m_openKeys;
    bool m_plain = true;
    std::vector<Real> m_factor, m_bias; ///< indexed by (j - firstColumn) + (lastRow - i)
    std::vector<Real> m_cap;
};

extern template class LogitTables<float>;
extern template class LogitTables<double>;

} // namespace isentrope
