// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/layer_sums.h"

#include "core/attention/column_pool.h"
#include "core/attention/parallel.h"
#include "core/attention/quantile.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace isentrope {

namespace {

constexpr std::int64_t entropyBins = 256;
/// Of the long sums, what one thread adds at a time.
constexpr std::int64_t piece = 16384;

/// sums[index + offset] += values[index] for the part of it that lies in `part` of the sums.
template <class Real>
void addPart(std::vector<double>& sums, std::span<const Real> values, std::int64_t offset,
             Span part) {
    const std::int64_t begin = std::max(part.begin, offset);
    const std::int64_t end = std::min(part.end, offset + static_cast<std::int64_t>(values.size()));
    const Real* from = values.data() - offset;
    for (std::int64_t index = begin; index < end; ++index)
        sums[static_cast<std::size_t>(index)] += double{from[index]};
}

template <class Task>
void inPieces(const std::vector<double>& sums, const Task& task) {
    const auto size = static_cast<std::int64_t>(sums.size());
    const std::int64_t pieces = binCount(size, piece);
    parallelFor(pieces, pieces > 1, [&](std::int64_t index) {
        task(Span{index * piece, std::min(size, (index + 1) * piece)});
    });
}

void writeEntropyBins(std::span<const std::uint8_t> counted, std::span<const double> entropy,
                      LayerProfiles& profiles) {
    const auto n = static_cast<std::int64_t>(counted.size());
    const std::int64_t rows = std::max<std::int64_t>(1, binCount(n, entropyBins));
    std::vector<double> values;
    for (std::int64_t begin = 0; begin < n; begin += rows) {
        values.clear();
        for (std::int64_t row = begin; row < std::min(n, begin + rows); ++row)
            if (counted[static_cast<std::size_t>(row)] != 0)
                values.push_back(entropy[static_cast<std::size_t>(row)]);
        std::sort(values.begin(), values.end());
        const double sum = std::accumulate(values.begin(), values.end(), 0.0);
        profiles.entropyMean.push_back(
            static_cast<float>(sum / static_cast<double>(values.size())));
        profiles.entropyLower.push_back(static_cast<float>(quantile(values, 0.25)));
        profiles.entropyMedian.push_back(static_cast<float>(quantile(values, 0.5)));
        profiles.entropyUpper.push_back(static_cast<float>(quantile(values, 0.75)));
    }
}

std::vector<Span> runsOf(std::span<const std::uint8_t> flags) {
    std::vector<Span> runs;
    for (std::size_t index = 0; index < flags.size(); ++index) {
        if (flags[index] == 0) continue;
        const auto at = static_cast<std::int64_t>(index);
        if (runs.empty() || runs.back().end != at) runs.push_back({at, at});
        runs.back().end = at + 1;
    }
    return runs;
}

} // namespace

LayerSums::LayerSums(const RowGrouping& grouping, const StatisticsOptions& options)
    : m_grouping(grouping) {
    const auto n = static_cast<std::size_t>(grouping.length);
    if (options.profiles && n > 0) {
        m_received.resize(n);
        m_distance.resize(2 * n - 1);
    }
    if (options.overview) {
        const auto cells = static_cast<std::size_t>(grouping.side * grouping.side);
        m_overview.sum.resize(cells);
        m_overview.max.resize(cells);
    }
}

LayerSums::LayerSums(const RowGrouping& grouping, ForeignSums sums)
    : m_grouping(grouping)
    , m_received(std::move(sums.received))
    , m_distance(std::move(sums.distance))
    , m_overview{std::move(sums.pooledSum), std::move(sums.pooledMax)} {}

template <class Real>
void LayerSums::add(std::span<const RowGroup<Real>> groups) {
    inPieces(m_received, [&](Span part) {
        for (const RowGroup<Real>& group : groups)
            addPart(m_received, group.received(), 0, part);
    });
    inPieces(m_distance, [&](Span part) {
        for (const RowGroup<Real>& group : groups)
            addPart(m_distance, group.distance(), m_grouping.length - group.rows().end, part);
    });
    for (const RowGroup<Real>& group : groups) {
        const auto offset =
            static_cast<std::size_t>(group.rows().begin / m_grouping.stride * m_grouping.side);
        const OverviewSums& pooled = group.pooled();
        for (std::size_t bin = 0; bin < pooled.sum.size(); ++bin) {
            m_overview.sum[offset + bin] += pooled.sum[bin];
            m_overview.max[offset + bin] = std::max(m_overview.max[offset + bin], pooled.max[bin]);
        }
    }
}

template <class Real>
LayerProfiles LayerSums::profiles(std::span<const std::uint8_t> counted,
                                  std::span<const std::uint8_t> openKey,
                                  std::span<const Real> entropy) const {
    LayerProfiles result;
    if (m_received.empty()) return result;
    const double rows = static_cast<double>(std::count(counted.begin(), counted.end(), 1));
    for (const double sum : m_received)
        result.received.push_back(rows > 0 ? sum / rows : 0);
    const std::vector<std::int64_t> pairs = pairsAtDistance(counted, openKey);
    const std::size_t size = m_distance.size();
    result.distance.resize(size);
    for (std::size_t index = 0; index < size; ++index)
        if (pairs[index] > 0)
            result.distance[index] =
                m_distance[size - 1 - index] / static_cast<double>(pairs[index]);
    const std::vector<double> wide(entropy.begin(), entropy.end());
    writeEntropyBins(counted, wide, result);
    return result;
}

Overview LayerSums::overview(std::span<const std::uint8_t> counted) const {
    Overview result;
    if (m_overview.sum.empty()) return result;
    const std::int64_t n = m_grouping.length, stride = m_grouping.stride, side = m_grouping.side;
    result.side = side;
    result.stride = stride;
    result.max = m_overview.max;
    result.mean = m_overview.sum;
    for (std::int64_t bin = 0; bin < side; ++bin) {
        const auto from = counted.begin() + bin * stride;
        const auto rows = std::count(from, counted.begin() + std::min(n, (bin + 1) * stride), 1);
        for (std::int64_t column = 0; column < side && rows > 0; ++column) {
            const std::int64_t columns = std::min(n, (column + 1) * stride) - column * stride;
            result.mean[static_cast<std::size_t>(bin * side + column)] /=
                static_cast<float>(rows * columns);
        }
    }
    return result;
}

std::vector<std::int64_t> pairsAtDistance(std::span<const std::uint8_t> counted,
                                          std::span<const std::uint8_t> openKey) {
    const auto n = static_cast<std::int64_t>(counted.size());
    if (n == 0) return {};
    // openBefore[n + j]: open keys among the first j, for j beyond both ends too.
    std::vector<std::int64_t> openBefore(static_cast<std::size_t>(3 * n + 1));
    for (std::int64_t key = 0; key < 2 * n; ++key) {
        const bool inside = key < n;
        const bool open =
            inside && (openKey.empty() || openKey[static_cast<std::size_t>(key)] != 0);
        openBefore[static_cast<std::size_t>(n + key + 1)] =
            openBefore[static_cast<std::size_t>(n + key)] + (open ? 1 : 0);
    }
    std::vector<std::int64_t> pairs(static_cast<std::size_t>(2 * n - 1));
    for (const Span& run : runsOf(counted))
        for (std::int64_t distance = 1 - n; distance < n; ++distance)
            pairs[static_cast<std::size_t>(distance + n - 1)] +=
                openBefore[static_cast<std::size_t>(n + run.end - distance)] -
                openBefore[static_cast<std::size_t>(n + run.begin - distance)];
    return pairs;
}

template void LayerSums::add(std::span<const RowGroup<float>>);
template void LayerSums::add(std::span<const RowGroup<double>>);
template LayerProfiles LayerSums::profiles(std::span<const std::uint8_t>,
                                           std::span<const std::uint8_t>,
                                           std::span<const float>) const;
template LayerProfiles LayerSums::profiles(std::span<const std::uint8_t>,
                                           std::span<const std::uint8_t>,
                                           std::span<const double>) const;

} // namespace isentrope
