// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/row_pass.h"
#include "core/scheme/plan.h"

#include <cstdint>
#include <vector>

/// Attention in double precision, straight from the formulas: one loop over i, one over j, no
/// tables, no rotations of whole rows, no shifted sums. Slow, and easy to check by reading.
namespace isentrope::reference {

struct Matrix {
    std::int64_t rows = 0, columns = 0;
    std::vector<double> values; ///< row-major

    Matrix() = default;
    Matrix(std::int64_t rowCount, std::int64_t columnCount);
    [[nodiscard]] double& at(std::int64_t row, std::int64_t column);
    [[nodiscard]] double at(std::int64_t row, std::int64_t column) const;
};

/// z (n x d) times gamma (d): q or k of a GAU layer.
[[nodiscard]] Matrix scaled(const Matrix& z, const std::vector<double>& gamma);

/// Relative position by whose angles the pair (i, j) is rotated; not of the far pairs of
/// ReRopeRef, which have none.
[[nodiscard]] double relativePosition(const Plan& plan, std::int64_t i, std::int64_t j);

/// What q_i and k_j have in common, rotated and divided by sqrt(d) (or cosine times s), before
/// factor and bias. q and k are n x d; the planes are the interleaved pairs (2p, 2p + 1).
[[nodiscard]] Matrix similarities(const Matrix& q, const Matrix& k, const Plan& plan);

struct Attention {
    Matrix similarity; ///< n x n
    Matrix logits;     ///< n x n; -infinity where the mask or a closed key forbids the pair
    Matrix weights;    ///< n x n; 0 in rows without an open key
    std::vector<double> logSumExp; ///< n, of every row
    std::vector<double> beta;      ///< n; 1 where the plan is not adaptive
    RowStatistics<double> statistics;
    LayerProfiles profiles;
    Overview overview;
};

/// `openKey` as RowPass takes it: n bytes or empty.
[[nodiscard]] Attention attend(const Matrix& similarity, const Plan& plan,
                               const std::vector<std::uint8_t>& openKey,
                               const StatisticsOptions& options);
[[nodiscard]] Attention attend(const Matrix& q, const Matrix& k, const Plan& plan,
                               const std::vector<std::uint8_t>& openKey,
                               const StatisticsOptions& options);

/// Statistics, profiles and overview of the weights; called by attend.
void measure(Attention& attention, const std::vector<std::uint8_t>& openKey,
             const StatisticsOptions& options);

} // namespace isentrope::reference
