// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/row_group.h"
#include "core/attention/row_pass.h"

#include <cstdint>
#include <span>
#include <vector>

namespace isentrope {

/// Sums over the rows of a layer that another device made; empty where they were not gathered.
struct ForeignSums {
    std::vector<double> received;            ///< n
    std::vector<double> distance;            ///< 2n - 1, index (j - i) + (n - 1)
    std::vector<float> pooledSum, pooledMax; ///< side x side
};

/// Sums over the rows of a layer, added group by group in the order of the rows of a block.
class LayerSums {
public:
    LayerSums(const RowGrouping& grouping, const StatisticsOptions& options);
    LayerSums(const RowGrouping& grouping, ForeignSums sums);

    /// `groups`: neighbours, in ascending order of their rows.
    template <class Real>
    void add(std::span<const RowGroup<Real>> groups);

    /// Means over the counted rows; `entropy` holds a value for each of them. At a distance the
    /// mean is over the pairs of a counted row and an open key.
    template <class Real>
    [[nodiscard]] LayerProfiles profiles(std::span<const std::uint8_t> counted,
                                         std::span<const std::uint8_t> openKey,
                                         std::span<const Real> entropy) const;
    [[nodiscard]] Overview overview(std::span<const std::uint8_t> counted) const;
    [[nodiscard]] OverviewSums& overviewSums() { return m_overview; }

private:
    RowGrouping m_grouping;
    std::vector<double> m_received; ///< n
    std::vector<double> m_distance; ///< 2n - 1, index (j - i) + (n - 1)
    OverviewSums m_overview;
};

/// How many pairs of a counted row i and an open key j stand at each distance: index
/// (i - j) + (n - 1). `openKey` empty: every key is open.
[[nodiscard]] std::vector<std::int64_t> pairsAtDistance(std::span<const std::uint8_t> counted,
                                                        std::span<const std::uint8_t> openKey);

} // namespace isentrope
