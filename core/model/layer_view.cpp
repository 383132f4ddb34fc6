// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/layer_view.h"

#include "core/model/open_columns.h"

#include <ATen/ATen.h>
#include <algorithm>

namespace isentrope {
namespace {

template <class Real>
std::vector<Real> toHost(const at::Tensor& tensor) {
    const at::Tensor host = tensor.to(at::kCPU).contiguous();
    const auto* values = static_cast<const Real*>(host.data_ptr());
    return {values, values + host.numel()};
}

/// Zero, because columns behind a window are not written.
at::Tensor rectangle(const at::Tensor& like, Span rows, std::int64_t columns) {
    return at::zeros({lengthOf(rows), columns}, like.options());
}

StatisticsOptions weightsOnly() {
    StatisticsOptions options;
    options.profiles = options.overview = false;
    return options;
}

} // namespace

template <class Real>
LayerView<Real>::LayerView(const MapSource<Real>& source, const Trace<Real>& trace,
                           const LayerTrace<Real>& layer, const Lens<Real>& lens, Span columns)
    : m_source(source)
    , m_trace(trace)
    , m_layer(layer)
    , m_lens(lens)
    , m_tables(lens.tables ? *lens.tables : *trace.tables)
    , m_columns(columns)
    , m_pairs(source.network, layer.layer, m_tables, *layer.z, pairColumns(columns)) {}

template <class Real>
bool LayerView<Real>::summedAnew() const {
    return m_lens.tables != nullptr || !m_lens.hiddenKeys.empty();
}

template <class Real>
Span LayerView<Real>::pairColumns(Span columns) const {
    return summedAnew() ? Span{0, m_trace.length()} : columns;
}

template <class Real>
std::vector<std::uint8_t> LayerView<Real>::openKey() const {
    std::vector<std::uint8_t> open = m_trace.openKey;
    if (m_lens.hiddenKeys.empty()) return open;
    open.resize(m_lens.hiddenKeys.size(), 1);
    for (std::size_t key = 0; key < open.size(); ++key)
        if (m_lens.hiddenKeys[key]) open[key] = 0;
    return open;
}

template <class Real>
std::vector<Real> LayerView<Real>::weights(Span rows) const {
    return summedAnew() ? fromPass(rows) : fromLogSumExp(rows);
}

template <class Real>
std::vector<Real> LayerView<Real>::similarities(Span rows) const {
    const Span columns = pairColumns(m_columns);
    at::Tensor values = rectangle(*m_layer.z, rows, lengthOf(columns));
    m_pairs.fill(rows, values);
    return toHost<Real>(
        values.slice(1, m_columns.begin - columns.begin, m_columns.end - columns.begin));
}

template <class Real>
std::vector<Real> LayerView<Real>::fromLogSumExp(Span rows) const {
    at::Tensor values = rectangle(*m_layer.z, rows, lengthOf(m_columns));
    m_pairs.fill(rows, values);
    const TileRules<Real> rules{m_tables.rowPlan(), m_trace.openKey, m_layer.logSumExp,
                                m_layer.rowScale};
    const Tile<Real> tile{static_cast<Real*>(values.data_ptr()),
                          values.stride(0),
                          rows.begin,
                          lengthOf(rows),
                          m_columns.begin,
                          lengthOf(m_columns)};
    m_source.kernels.finishTile(rules, tile);
    return toHost<Real>(values);
}

template <class Real>
std::vector<Real> LayerView<Real>::fromPass(Span rows) const {
    const std::int64_t n = m_trace.length();
    const std::int64_t step = m_source.kernels.blockRows(n);
    const auto pass = m_source.kernels.blockPass(m_tables.rowPlan(), openKey(), weightsOnly());
    at::Tensor block = rectangle(*m_layer.z, {0, std::min(step, lengthOf(rows))}, n);
    std::vector<Real> all;
    all.reserve(static_cast<std::size_t>(lengthOf(rows) * lengthOf(m_columns)));
    for (std::int64_t row = rows.begin; row < rows.end; row += step) {
        const Span now{row, std::min(row + step, rows.end)};
        at::Tensor values = block.slice(0, 0, lengthOf(now));
        m_pairs.fill(now, values);
        pass->run({static_cast<Real*>(values.data_ptr()), n, row, lengthOf(now), n}, nullptr);
        const std::vector<Real> part =
            toHost<Real>(values.slice(1, m_columns.begin, m_columns.end));
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

template <class Real>
PassResult<Real> LayerView<Real>::pass(Span rows, const StatisticsOptions& statistics,
                                       ProgressMeter& progress) const {
    const std::int64_t n = m_trace.length();
    const std::int64_t step = m_source.kernels.blockRows(n);
    const auto pass = m_source.kernels.blockPass(m_tables.rowPlan(), openKey(), statistics);
    at::Tensor block = rectangle(*m_layer.z, {0, std::min(step, lengthOf(rows))}, n);
    for (std::int64_t row = rows.begin; row < rows.end; row += step) {
        progress.checkpoint();
        const Span now{row, std::min(row + step, rows.end)};
        at::Tensor values = block.slice(0, 0, lengthOf(now));
        m_pairs.fill(now, values);
        pass->run({static_cast<Real*>(values.data_ptr()), n, row, lengthOf(now), n}, nullptr);
    }
    return pass->finish();
}

template class LayerView<float>;
template class LayerView<double>;

} // namespace isentrope
