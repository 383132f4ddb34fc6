// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/cuda/kernels.h"
#include "core/attention/layer_sums.h"

#include <cstdint>
#include <span>
#include <vector>

namespace isentrope {

/// What the pass over one layer left, read on the host.
struct LayerRead {
    RowStatistics<float> statistics;
    std::vector<float> logSumExp; ///< of every row, padding included
    std::vector<float> rowScale;  ///< of an adaptive plan, else empty
    LayerProfiles profiles;
    Overview overview;
};

/// Where the results of one layer lie in one piece of memory, the same on the device and, after one
/// copy, on the host: first the sums, which start at 0, then the values per row, which start as
/// bytes of 255: NaN, and the column -1.
class LayerMemory {
public:
    LayerMemory(const RowPlan<float>& plan, const StatisticsOptions& options);

    [[nodiscard]] std::int64_t sumBytes() const { return m_sumBytes; }
    [[nodiscard]] std::int64_t bytes() const { return m_bytes; }
    [[nodiscard]] bool gathers() const { return m_profiles || m_overview; }

    /// `bytes`: the memory on the device.
    [[nodiscard]] cuda::DeviceStatistics statistics(std::uint8_t* bytes) const;
    [[nodiscard]] cuda::DevicePooling pooling(std::uint8_t* bytes) const;
    /// `bytes`: the copy on the host. `openKey`: n bytes, or empty.
    [[nodiscard]] LayerRead result(const std::uint8_t* bytes,
                                   std::span<const std::uint8_t> openKey) const;

private:
    struct Place {
        std::int64_t offset = 0;
        std::int64_t count = 0;
    };
    Place place(std::int64_t count, std::size_t size);
    [[nodiscard]] ForeignSums sums(const std::uint8_t* bytes) const;

    RowGrouping m_grouping;
    std::int64_t m_near = 0, m_sinks = 0;
    int m_ranges = 1, m_spans = 0;
    bool m_adaptive = false, m_profiles = false, m_overview = false;
    Place m_received, m_distance, m_pooledSum, m_pooledMax;
    Place m_logSumExp, m_entropy, m_maxWeight, m_maxColumn, m_nearMass, m_sinkMass, m_meanDistance,
        m_rangeMass, m_rangeEntropy, m_spanMass, m_rowScale;
    std::int64_t m_sumBytes = 0, m_bytes = 0;
};

} // namespace isentrope
