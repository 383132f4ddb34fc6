// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/cuda/layer_memory.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace isentrope {
namespace {

template <class T>
T* at(std::uint8_t* bytes, std::int64_t offset) {
    return reinterpret_cast<T*>(bytes + offset);
}

template <class T>
std::vector<T> values(const std::uint8_t* bytes, std::int64_t offset, std::int64_t count) {
    std::vector<T> result(static_cast<std::size_t>(count));
    if (count > 0) std::memcpy(result.data(), bytes + offset, result.size() * sizeof(T));
    return result;
}

} // namespace

LayerMemory::Place LayerMemory::place(std::int64_t count, std::size_t size) {
    const Place here{m_bytes, count};
    const std::int64_t bytes = count * static_cast<std::int64_t>(size);
    m_bytes += (bytes + 15) / 16 * 16;
    return here;
}

LayerMemory::LayerMemory(const RowPlan<float>& plan, const StatisticsOptions& options)
    : m_grouping(RowGrouping::of(plan.length, options))
    , m_near(std::clamp<std::int64_t>(options.near, -1, plan.length))
    , m_sinks(std::clamp<std::int64_t>(options.sinks, 0, plan.length))
    , m_ranges(rangeCount(plan.length))
    , m_spans(static_cast<int>(options.spans.size()))
    , m_adaptive(!plan.adaptive.empty())
    , m_profiles(options.profiles)
    , m_overview(options.overview) {
    const std::int64_t n = plan.length, cells = m_grouping.side * m_grouping.side;
    m_received = place(m_profiles ? n : 0, sizeof(double));
    m_distance = place(m_profiles ? 2 * n - 1 : 0, sizeof(double));
    m_pooledSum = place(m_overview ? cells : 0, sizeof(float));
    m_pooledMax = place(m_overview ? cells : 0, sizeof(float));
    m_sumBytes = m_bytes;
    m_maxColumn = place(n, sizeof(std::int64_t));
    for (Place* column :
         {&m_logSumExp, &m_entropy, &m_maxWeight, &m_nearMass, &m_sinkMass, &m_meanDistance})
        *column = place(n, sizeof(float));
    m_rangeMass = place(n * m_ranges, sizeof(float));
    m_rangeEntropy = place(n * m_ranges, sizeof(float));
    m_spanMass = place(n * m_spans, sizeof(float));
    m_rowScale = place(m_adaptive ? n : 0, sizeof(float));
}

cuda::DeviceStatistics LayerMemory::statistics(std::uint8_t* bytes) const {
    cuda::DeviceStatistics out;
    out.logSumExp = at<float>(bytes, m_logSumExp.offset);
    out.entropy = at<float>(bytes, m_entropy.offset);
    out.maxWeight = at<float>(bytes, m_maxWeight.offset);
    out.maxColumn = at<std::int64_t>(bytes, m_maxColumn.offset);
    out.nearMass = at<float>(bytes, m_nearMass.offset);
    out.sinkMass = at<float>(bytes, m_sinkMass.offset);
    out.meanDistance = at<float>(bytes, m_meanDistance.offset);
    out.rangeMass = at<float>(bytes, m_rangeMass.offset);
    out.rangeEntropy = at<float>(bytes, m_rangeEntropy.offset);
    out.spanMass = at<float>(bytes, m_spanMass.offset);
    if (m_adaptive) out.rowScale = at<float>(bytes, m_rowScale.offset);
    out.ranges = m_ranges;
    out.spans = m_spans;
    out.near = m_near;
    out.sinks = m_sinks;
    return out;
}

cuda::DevicePooling LayerMemory::pooling(std::uint8_t* bytes) const {
    cuda::DevicePooling out;
    out.overviewStride = m_grouping.stride;
    out.overviewSide = m_grouping.side;
    out.logSumExp = at<float>(bytes, m_logSumExp.offset);
    if (m_profiles) {
        out.received = at<double>(bytes, m_received.offset);
        out.distance = at<double>(bytes, m_distance.offset);
    }
    if (m_overview) {
        out.overviewSum = at<float>(bytes, m_pooledSum.offset);
        out.overviewMax = at<float>(bytes, m_pooledMax.offset);
    }
    return out;
}

ForeignSums LayerMemory::sums(const std::uint8_t* bytes) const {
    return {values<double>(bytes, m_received.offset, m_received.count),
            values<double>(bytes, m_distance.offset, m_distance.count),
            values<float>(bytes, m_pooledSum.offset, m_pooledSum.count),
            values<float>(bytes, m_pooledMax.offset, m_pooledMax.count)};
}

/// A row counts where its log-sum-exp is a number and it is not padding; the others are NaN.
LayerRead LayerMemory::result(const std::uint8_t* bytes,
                              std::span<const std::uint8_t> openKey) const {
    const auto floats = [&](const Place& place) {
        return values<float>(bytes, place.offset, place.count);
    };
    LayerRead result;
    result.logSumExp = floats(m_logSumExp);
    result.rowScale = floats(m_rowScale);
    result.statistics = {m_grouping.length,
                         m_ranges,
                         m_spans,
                         result.logSumExp,
                         floats(m_entropy),
                         floats(m_maxWeight),
                         values<std::int64_t>(bytes, m_maxColumn.offset, m_maxColumn.count),
                         floats(m_nearMass),
                         floats(m_sinkMass),
                         floats(m_meanDistance),
                         floats(m_rangeMass),
                         floats(m_rangeEntropy),
                         floats(m_spanMass)};
    std::vector<std::uint8_t> counted(result.logSumExp.size());
    for (std::size_t row = 0; row < counted.size(); ++row) {
        const bool open = openKey.empty() || openKey[row] != 0;
        counted[row] = open && std::isfinite(result.logSumExp[row]) ? 1 : 0;
        if (!counted[row])
            result.statistics.logSumExp[row] = std::numeric_limits<float>::quiet_NaN();
    }
    const LayerSums sums(m_grouping, this->sums(bytes));
    if (m_profiles)
        result.profiles = sums.profiles<float>(counted, openKey, result.statistics.entropy);
    if (m_overview) result.overview = sums.overview(counted);
    return result;
}

} // namespace isentrope
