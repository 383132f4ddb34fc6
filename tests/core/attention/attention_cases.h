// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/core/attention/reference_attention.h"

#include <cstdint>
#include <string>
#include <vector>

namespace isentrope {

/// A plan of every shape the kernels know, by name.
[[nodiscard]] const std::vector<std::string>& planShapes();
[[nodiscard]] Plan planOf(const std::string& shape, std::int64_t n);

/// Which keys are open: "all", "end" (a third of padding), "middle", "holes", "one", "none".
[[nodiscard]] std::vector<std::uint8_t> openKeys(const std::string& pattern, std::int64_t n);

/// Similarities of n x n pairs, about normal with deviation 2, equal on every machine and exact in
/// single precision.
[[nodiscard]] reference::Matrix randomSimilarities(std::int64_t n, std::uint64_t seed);

/// Both precisions' tolerances: relative to 1 or to the size of the value.
struct Tolerance {
    double weight, statistic, entropy;
};
template <class Real>
[[nodiscard]] Tolerance toleranceOf();

/// A map that went through the row pass in blocks of rows.
template <class Real>
struct PassResult {
    std::vector<Real> weights; ///< n x n
    RowStatistics<Real> statistics;
    std::vector<Real> logSumExp, rowScale;
    LayerProfiles profiles;
    Overview overview;
};
template <class Real>
[[nodiscard]] PassResult<Real> runPass(const reference::Matrix& similarity, const Plan& plan,
                                       const std::vector<std::uint8_t>& openKey,
                                       const StatisticsOptions& options, std::int64_t blockRows);

/// Empty, or what differs first: "entropy[17]: 1.5, expected 1.6".
template <class Real>
[[nodiscard]] std::string difference(const PassResult<Real>& result,
                                     const reference::Attention& expected,
                                     const Tolerance& tolerance);

} // namespace isentrope
