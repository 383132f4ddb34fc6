// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/logit_tables.h"
#include "core/attention/parallel.h"
#include "core/attention/row_kernels.h"
#include "core/attention/row_pass.h"
#include "core/attention/row_segments.h"

#include <algorithm>

namespace isentrope {

namespace {

constexpr std::int64_t worthThreads = 65536;

template <class Real>
void finishTileRow(const RowPlan<Real>& plan, const LogitTables<Real>& tables,
                   const Tile<Real>& tile, std::int64_t row, Real logSumExp, Real scale) {
    Real* values = tile.values + (row - tile.firstRow) * tile.stride;
    const LogitRow<Real> logits = tables.row(values, row, scale);
    std::int64_t from = 0;
    const OpenStretches open = openStretches(row, plan.window, plan.sinks, tables.openKeys());
    for (const Span& stretch : open.spans()) {
        const std::int64_t begin = stretch.begin - tile.firstColumn;
        const std::int64_t end = stretch.end - tile.firstColumn;
        std::fill(values + from, values + begin, Real{0});
        rowKernels<Real>().finish(logits, begin, end, logSumExp);
        from = end;
    }
    std::fill(values + from, values + tile.columns, Real{0});
}

} // namespace

template <class Real>
void finishTile(const RowPlan<Real>& plan, std::span<const std::uint8_t> openKey,
                std::span<const Real> logSumExp, std::span<const Real> rowScale,
                const Tile<Real>& tile) {
    const LogitTables<Real> tables(plan, openKey, {tile.firstRow, tile.firstRow + tile.rows},
                                   {tile.firstColumn, tile.firstColumn + tile.columns});
    const bool worthIt = tile.rows * tile.columns >= worthThreads;
    parallelFor(tile.rows, worthIt, [&](std::int64_t index) {
        const std::int64_t row = tile.firstRow + index;
        const auto at = static_cast<std::size_t>(row);
        finishTileRow(plan, tables, tile, row, logSumExp[at],
                      rowScale.empty() ? Real{1} : rowScale[at]);
    });
}

template void finishTile(const RowPlan<float>&, std::span<const std::uint8_t>,
                         std::span<const float>, std::span<const float>, const Tile<float>&);
template void finishTile(const RowPlan<double>&, std::span<const std::uint8_t>,
                         std::span<const double>, std::span<const double>, const Tile<double>&);

} // namespace isentrope
