// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/logit_tables.h"
#include "core/attention/row_kernels.h"
#include "core/attention/row_pass.h"
#include "core/attention/row_statistics.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace isentrope {

/// How the rows of a map are grouped for the sums over rows. The grouping depends on n alone, so
/// neither the threads nor the order of blocks change a result. A group holds whole bin rows of the
/// overview, or a part of one.
struct RowGrouping {
    static constexpr std::int64_t aboutRows = 16;
    std::int64_t length = 0; ///< n
    std::int64_t stride = 1; ///< rows of a bin row of the overview
    std::int64_t side = 0;   ///< bins a side

    [[nodiscard]] static RowGrouping of(std::int64_t n, std::int64_t overviewSide);
    [[nodiscard]] std::int64_t groupEnd(std::int64_t row) const;
    [[nodiscard]] std::int64_t stripEnd(std::int64_t row) const;
    [[nodiscard]] std::int64_t groupRows() const; ///< at most so many
};

/// Where the rows of a pass are written, and what they are made with.
template <class Real>
struct RowContext {
    const RowPlan<Real>& plan;
    const LogitTables<Real>& tables;
    std::span<const std::uint8_t> openKey;
    const StatisticsOptions& options;
    const RowGrouping& grouping;
    const RowKernels<Real>& kernels;
    RowStatistics<Real>& statistics;
    std::vector<Real>& logSumExp;       ///< n
    std::vector<Real>& rowScale;        ///< n, or empty
    std::vector<std::uint8_t>& counted; ///< n: 1 where the row is in the means
};

/// One thread's work on one group of rows, and the sums over these rows.
template <class Real>
class RowGroup {
public:
    explicit RowGroup(const RowContext<Real>& context);

    /// Weights and statistics of the rows [rows.begin, rows.end) of `block`, all of one group.
    void run(const RowBlock<Real>& block, Span rows);

    [[nodiscard]] Span rows() const { return m_rows; }
    [[nodiscard]] std::span<const Real> received() const { return m_received; }
    /// Weight by distance: index (j - i) + (rows().end - 1).
    [[nodiscard]] std::span<const Real> distance() const { return m_distance; }
    /// Of the group's bin rows, from that of rows().begin: sums and maxima, side values each.
    [[nodiscard]] std::span<const float> pooledSum() const { return m_pooledSum; }
    [[nodiscard]] std::span<const float> pooledMax() const { return m_pooledMax; }

private:
    /// Rows that are made weights together, so that the sums per column stay in the first cache.
    static constexpr std::int64_t together = 4;
    struct Row {
        Real* values = nullptr;
        std::int64_t index = 0;
        bool counted = false; ///< in the statistics and means
        bool closed = false;  ///< no open key, or only logits of -infinity
        OpenStretches open;
        RowSums<Real> sums;
        RowTotal total;
    };

    void runStrip(const RowBlock<Real>& block, Span rows);
    void walk(Row& row, Real* values, std::int64_t index);
    [[nodiscard]] bool holdsNaN(const Row& row) const;
    Real adaptedScale(Row& row, Real* values);
    void scaleTile(const Row& row, std::int64_t tile);
    void scaleOpen(const Row& row, Span columns, Real factor);
    void writeMasses(const Row& row);
    void closeStrip(std::int64_t firstRow);

    const RowContext<Real>& m_context;
    Span m_rows;
    std::array<Row, together> m_working;
    std::vector<Segment> m_segments;
    std::vector<Real> m_stripSum, m_stripMax, m_received, m_distance;
    std::vector<float> m_pooledSum, m_pooledMax;
};

extern template class RowGroup<float>;
extern template class RowGroup<double>;

} // namespace isentrope
