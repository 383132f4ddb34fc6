// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/row_query.h"
#include "core/base/number.h"
#include "core/model/open_columns.h"
#include "core/model/statistics_convert.h"
#include "core/model/views.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace isentrope {
namespace {

Expected<void> checkPlaces(const std::vector<std::int64_t>& places, std::int64_t n,
                           const char* what) {
    for (const std::int64_t place : places)
        if (place < 0 || place >= n)
            return fail(ErrorCode::OutOfRange, std::string(what) + " " + std::to_string(place) +
                                                   ": outside the text; expected 0 to " +
                                                   std::to_string(n - 1));
    return {};
}

/// The kept layer, where it and all places fit the trace.
template <class Real>
Expected<const LayerTrace<Real>*> checked(const TraceView<Real>& view, int layer,
                                          const std::vector<std::int64_t>& places,
                                          const char* what) {
    if (auto fits = checkPlaces(places, view.trace.length(), what); !fits)
        return tl::unexpected(fits.error());
    return keptLayer(view.trace, layer);
}

template <class Real>
bool padding(const Trace<Real>& trace, std::int64_t place) {
    return !trace.openKey.empty() && !trace.openKey[static_cast<std::size_t>(place)];
}

/// Whether mask or padding keep the query from the key.
template <class Real>
bool closed(const Trace<Real>& trace, std::int64_t query, std::int64_t key) {
    const MaskPlan& mask = trace.tables->plan().mask;
    if (padding(trace, key)) return true;
    return mask.window && std::abs(query - key) > *mask.window && key >= mask.sinks &&
           query >= mask.sinks;
}

double at(const std::vector<double>& table, std::int64_t index, double otherwise) {
    return table.empty() ? otherwise : table[static_cast<std::size_t>(index)];
}

/// Uniform in [0, count), the same on every platform.
std::size_t draw(std::mt19937_64& random, std::size_t count) {
    return random() % count;
}

template <class Real>
std::vector<std::int64_t> openPlaces(const Trace<Real>& trace) {
    std::vector<std::int64_t> open;
    for (std::int64_t place = 0; place < trace.length(); ++place)
        if (!padding(trace, place)) open.push_back(place);
    return open;
}

/// Keys that the query sees; itself is one of them.
template <class Real>
std::vector<std::int64_t> openKeysOf(const Trace<Real>& trace, std::int64_t query) {
    std::vector<std::int64_t> open;
    for (std::int64_t key = 0; key < trace.length(); ++key)
        if (!closed(trace, query, key)) open.push_back(key);
    return open;
}

} // namespace

template <class Real>
Expected<const LayerTrace<Real>*> keptLayer(const Trace<Real>& trace, int layer) {
    const auto found = std::ranges::find(trace.layers, layer, &LayerTrace<Real>::layer);
    if (found != trace.layers.end()) return &*found;
    std::string kept;
    for (const LayerTrace<Real>& other : trace.layers)
        kept += (kept.empty() ? "" : ", ") + std::to_string(other.layer);
    return fail(ErrorCode::OutOfRange, "layer " + std::to_string(layer) +
                                           ": not in this trace; kept are " +
                                           (kept.empty() ? "none" : kept));
}

template <class Real>
Expected<std::vector<float>> viewQueryRows(const TraceView<Real>& view, int layer,
                                           const std::vector<std::int64_t>& queries) {
    const auto kept = checked(view, layer, queries, "query");
    if (!kept) return tl::unexpected(kept.error());
    const LayerView<Real> map(view.source, view.trace, **kept, view.lens, {0, view.trace.length()});
    std::vector<float> rows;
    for (const std::int64_t query : queries)
        for (const Real weight : map.weights({query, query + 1}))
            rows.push_back(static_cast<float>(weight));
    return rows;
}

template <class Real>
Expected<std::vector<float>> viewKeyColumns(const TraceView<Real>& view, int layer,
                                            const std::vector<std::int64_t>& keys) {
    const auto kept = checked(view, layer, keys, "key");
    if (!kept) return tl::unexpected(kept.error());
    std::vector<float> columns;
    for (const std::int64_t key : keys) {
        const LayerView<Real> map(view.source, view.trace, **kept, view.lens, {key, key + 1});
        for (const Real weight : map.weights({0, view.trace.length()}))
            columns.push_back(static_cast<float>(weight));
    }
    return columns;
}

template <class Real>
Expected<CellDetail> viewCell(const TraceView<Real>& view, int layer, std::int64_t query,
                              std::int64_t key) {
    const auto kept = checked(view, layer, {query, key}, "place");
    if (!kept) return tl::unexpected(kept.error());
    const LayerView<Real> map(view.source, view.trace, **kept, view.lens, {0, view.trace.length()});
    const auto place = static_cast<std::size_t>(key);
    const std::vector<Real> weights = map.weights({query, query + 1});
    const Plan& plan = view.trace.tables->plan();
    const std::int64_t t = std::abs(query - key);
    CellDetail cell;
    cell.similarity = static_cast<double>(map.similarities({query, query + 1})[place]);
    cell.scaled = cell.similarity * plan.factor * at(plan.rowFactor, query, 1) *
                  at(plan.distanceFactor, t, 1);
    if (!(*kept)->rowScale.empty())
        cell.scaled *= static_cast<double>((*kept)->rowScale[static_cast<std::size_t>(query)]);
    cell.logit = cell.scaled + at(plan.distanceBias, t, 0);
    cell.weight = static_cast<double>(weights[place]);
    cell.rank = rankInRow(std::vector<float>(weights.begin(), weights.end()), key);
    cell.masked = closed(view.trace, query, key);
    return cell;
}

template <class Real>
Expected<WhatIfResult> viewWhatIf(const TraceView<Real>& view, int layer, Span rows,
                                  std::stop_token stop) {
    const std::int64_t n = view.trace.length();
    if (rows.begin >= rows.end) rows = {0, n};
    const auto kept = checked(view, layer, {rows.begin, rows.end - 1}, "row");
    if (!kept) return tl::unexpected(kept.error());
    const LayerView<Real> map(view.source, view.trace, **kept, view.lens, {0, n});
    StatisticsOptions statistics = view.trace.statistics;
    if (lengthOf(rows) < n) statistics.profiles = statistics.overview = false;
    ProgressMeter progress(std::move(stop), {});
    PassResult<Real> result = map.pass(rows, statistics, progress);
    return WhatIfResult{toFloat(result.statistics), std::move(result.profiles),
                        std::move(result.overview)};
}

template <class Real>
Expected<std::vector<float>> viewSampleLogits(const TraceView<Real>& view, int layer,
                                              std::int64_t count, std::uint64_t seed) {
    constexpr std::int64_t mostSamples = 1'000'000;
    if (count < 1 || count > mostSamples)
        return fail(ErrorCode::OutOfRange,
                    "sample: " + grouped(count) + " logits; expected 1 to " + grouped(mostSamples));
    const auto kept = keptLayer(view.trace, layer);
    if (!kept) return tl::unexpected(kept.error());
    const std::vector<std::int64_t> open = openPlaces(view.trace);
    const LayerView<Real> map(view.source, view.trace, **kept, view.lens, {0, view.trace.length()});
    // So many pairs of one query that a large sample stays fast, so few that rows hardly count.
    const std::int64_t perQuery = std::max<std::int64_t>(1, count / 1024);
    std::mt19937_64 random(seed);
    std::vector<float> sample;
    while (static_cast<std::int64_t>(sample.size()) < count) {
        const std::int64_t query = open[draw(random, open.size())];
        const std::vector<Real> row = map.similarities({query, query + 1});
        const std::vector<std::int64_t> keys = openKeysOf(view.trace, query);
        const auto missing = count - static_cast<std::int64_t>(sample.size());
        for (std::int64_t pair = 0; pair < std::min(perQuery, missing); ++pair) {
            const std::int64_t key = keys[draw(random, keys.size())];
            sample.push_back(static_cast<float>(row[static_cast<std::size_t>(key)]));
        }
    }
    return sample;
}

template Expected<const LayerTrace<float>*> keptLayer(const Trace<float>&, int);
template Expected<const LayerTrace<double>*> keptLayer(const Trace<double>&, int);
template Expected<std::vector<float>> viewQueryRows(const TraceView<float>&, int,
                                                    const std::vector<std::int64_t>&);
template Expected<std::vector<float>> viewQueryRows(const TraceView<double>&, int,
                                                    const std::vector<std::int64_t>&);
template Expected<std::vector<float>> viewKeyColumns(const TraceView<float>&, int,
                                                     const std::vector<std::int64_t>&);
template Expected<std::vector<float>> viewKeyColumns(const TraceView<double>&, int,
                                                     const std::vector<std::int64_t>&);
template Expected<CellDetail> viewCell(const TraceView<float>&, int, std::int64_t, std::int64_t);
template Expected<CellDetail> viewCell(const TraceView<double>&, int, std::int64_t, std::int64_t);
template Expected<WhatIfResult> viewWhatIf(const TraceView<float>&, int, Span, std::stop_token);
template Expected<WhatIfResult> viewWhatIf(const TraceView<double>&, int, Span, std::stop_token);
template Expected<std::vector<float>> viewSampleLogits(const TraceView<float>&, int, std::int64_t,
                                                       std::uint64_t);
template Expected<std::vector<float>> viewSampleLogits(const TraceView<double>&, int, std::int64_t,
                                                       std::uint64_t);

} // namespace isentrope
