// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/number.h"
#include "core/model/open_columns.h"
#include "core/model/pooling.h"
#include "core/model/views.h"

#include <algorithm>
#include <cmath>
#include <memory>

namespace isentrope {
namespace {

/// Cells that are computed at once.
constexpr std::int64_t cellsAtOnce = 2 << 20;
/// The least weight that a ratio knows.
constexpr double leastWeight = 1e-37;

std::string spanText(std::int64_t begin, std::int64_t count) {
    std::string text = "[";
    text += std::to_string(begin) + ", " + std::to_string(begin + count) + ")";
    return text;
}

Expected<void> checkRectangle(const RegionRequest& request, std::int64_t n) {
    const auto inside = [n](std::int64_t begin, std::int64_t count) {
        return begin >= 0 && count > 0 && count <= n && begin <= n - count;
    };
    if (!inside(request.row, request.rows) || !inside(request.column, request.columns))
        return fail(ErrorCode::OutOfRange,
                    "rectangle: rows " + spanText(request.row, request.rows) + ", columns " +
                        spanText(request.column, request.columns) + "; expected a part of [0, " +
                        std::to_string(n) + ") that is not empty");
    if (request.side < 1)
        return fail(ErrorCode::OutOfRange, "rectangle: pooled to " + std::to_string(request.side) +
                                               " bins a side; expected at least 1");
    if (request.layers.empty())
        return fail(ErrorCode::BadUsage, "rectangle: no layer is named; name at least one");
    return {};
}

/// The mean over some layers of one trace, seen through one lens.
template <class Real>
class LayersView {
public:
    static Expected<LayersView> make(const TraceView<Real>& view, const RegionRequest& request) {
        LayersView layers;
        const Span columns{request.column, request.column + request.columns};
        for (const int layer : request.layers) {
            const auto kept = keptLayer(view.trace, layer);
            if (!kept) return tl::unexpected(kept.error());
            layers.m_views.push_back(std::make_unique<LayerView<Real>>(view.source, view.trace,
                                                                       **kept, view.lens, columns));
        }
        return layers;
    }

    std::vector<Real> weights(Span rows) const {
        std::vector<Real> sum = m_views.front()->weights(rows);
        for (std::size_t layer = 1; layer < m_views.size(); ++layer) {
            const std::vector<Real> more = m_views[layer]->weights(rows);
            std::ranges::transform(sum, more, sum.begin(), std::plus<>());
        }
        if (m_views.size() > 1)
            for (Real& value : sum)
                value /= static_cast<Real>(m_views.size());
        return sum;
    }

private:
    std::vector<std::unique_ptr<LayerView<Real>>> m_views;
};

/// Pools rows of cells as `cells(rows)` gives them.
template <class Real, class Cells>
Region poolRows(const RegionRequest& request, const Trace<Real>& trace, Reduction reduction,
                const Cells& cells) {
    std::vector<std::uint8_t> openRows;
    if (!trace.openKey.empty())
        openRows.assign(trace.openKey.begin() + request.row,
                        trace.openKey.begin() + request.row + request.rows);
    RegionPool pool(request.rows, request.columns, request.side, reduction, std::move(openRows));
    const std::int64_t stride = pool.stride();
    const std::int64_t step =
        std::max<std::int64_t>(1, cellsAtOnce / request.columns / stride) * stride;
    const ProgressMeter progress(request.stop, {});
    for (std::int64_t row = 0; row < request.rows; row += step) {
        progress.checkpoint();
        const std::int64_t count = std::min(step, request.rows - row);
        const std::vector<Real> values = cells(Span{request.row + row, request.row + row + count});
        pool.add(std::span<const Real>(values), count);
    }
    return pool.take();
}

template <class Real>
void subtract(std::vector<Real>& a, const std::vector<Real>& b, bool ratio) {
    const auto atLeast = [](Real weight) {
        return std::isnan(weight) ? weight : std::max(weight, static_cast<Real>(leastWeight));
    };
    for (std::size_t cell = 0; cell < a.size(); ++cell)
        a[cell] =
            ratio ? std::log(atLeast(a[cell])) - std::log(atLeast(b[cell])) : a[cell] - b[cell];
}

} // namespace

template <class Real>
Expected<Region> viewRegion(const TraceView<Real>& view, const RegionRequest& request) {
    if (auto fits = checkRectangle(request, view.trace.length()); !fits)
        return tl::unexpected(fits.error());
    const auto layers = LayersView<Real>::make(view, request);
    if (!layers) return tl::unexpected(layers.error());
    return poolRows<Real>(request, view.trace,
                          request.pooling == Pooling::Mean ? Reduction::Mean : Reduction::Max,
                          [&](Span rows) { return layers->weights(rows); });
}

template <class Real>
Expected<Region> viewDifference(const TraceView<Real>& a, const TraceView<Real>& b,
                                const DifferenceRequest& request) {
    const RegionRequest& rectangle = request.a;
    if (a.trace.length() != b.trace.length())
        return fail(ErrorCode::Mismatch,
                    "difference: the traces have " + grouped(a.trace.length()) + " and " +
                        grouped(b.trace.length()) + " tokens; compare runs of one length");
    if (auto fits = checkRectangle(rectangle, a.trace.length()); !fits)
        return tl::unexpected(fits.error());
    const auto first = LayersView<Real>::make(a, rectangle);
    if (!first) return tl::unexpected(first.error());
    const auto second = LayersView<Real>::make(b, rectangle);
    if (!second) return tl::unexpected(second.error());
    const Reduction reduction =
        rectangle.pooling == Pooling::Mean ? Reduction::Mean : Reduction::LargestInSize;
    return poolRows<Real>(rectangle, a.trace, reduction, [&](Span rows) {
        std::vector<Real> cells = first->weights(rows);
        subtract(cells, second->weights(rows), request.ratio);
        return cells;
    });
}

template Expected<Region> viewRegion(const TraceView<float>&, const RegionRequest&);
template Expected<Region> viewRegion(const TraceView<double>&, const RegionRequest&);
template Expected<Region> viewDifference(const TraceView<float>&, const TraceView<float>&,
                                         const DifferenceRequest&);
template Expected<Region> viewDifference(const TraceView<double>&, const TraceView<double>&,
                                         const DifferenceRequest&);

} // namespace isentrope
