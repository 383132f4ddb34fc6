// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheme/plan.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace isentrope {

/// A half-open stretch of positions, e.g. the tokens of a needle.
struct Span {
    std::int64_t begin = 0;
    std::int64_t end = 0;

    bool operator==(const Span&) const = default;
};

/// The distance ranges [1,10) [10,100) [100,1000) ... that begin below n; at least one.
[[nodiscard]] int rangeCount(std::int64_t n);

/// What is counted beside the row's own sums.
struct StatisticsOptions {
    std::int64_t near = 100;          ///< near mass: |i - j| <= near, the token itself included
    std::int64_t sinks = 4;           ///< sink mass: the first columns
    std::vector<Span> spans;          ///< mass on each, e.g. needles
    bool profiles = true;             ///< received, distance and position profiles
    bool overview = true;             ///< pooled map
    std::int64_t overviewSide = 1024; ///< at most so many bins a side
};

/// One value per row; range and span tables are row-major (n x R, n x spans). Rows of padding
/// are NaN (maxColumn: -1).
template <class Real>
struct RowStatistics {
    std::int64_t rows = 0;
    int ranges = 0;
    int spans = 0;
    std::vector<Real> logSumExp; ///< of the final logits
    std::vector<Real> entropy;   ///< nats
    std::vector<Real> maxWeight;
    std::vector<std::int64_t> maxColumn; ///< the first of equals
    std::vector<Real> nearMass;
    std::vector<Real> sinkMass;
    std::vector<Real> meanDistance; ///< sum of weight * |i - j|
    std::vector<Real> rangeMass;    ///< n x R
    std::vector<Real> rangeEntropy; ///< n x R, weights renormalised inside the range
    std::vector<Real> spanMass;     ///< n x spans

    void resize(std::int64_t rowCount, int rangeTotal, int spanTotal);
};

/// Means over the rows that are not padding.
struct LayerProfiles {
    std::vector<double> received; ///< n: mean weight each key receives
    std::vector<double> distance; ///< 2n - 1: mean weight at distance i - j = index - (n - 1)
    std::vector<float> entropyMean, entropyLower, entropyMedian,
        entropyUpper; ///< at most 256 bins of rows
};

/// The map pooled to at most 1024 x 1024: bin (r, c) covers `stride` x `stride` cells.
struct Overview {
    std::int64_t side = 0; ///< bins a side: ceil(n / stride)
    std::int64_t stride = 1;
    std::vector<float> mean; ///< side x side, over the open rows and all columns of the bin
    std::vector<float> max;
};

/// A plan in the precision of a kernel: tables over t and i as Real, the mask as integers.
template <class Real>
struct RowPlan {
    std::int64_t length = 0;
    Real factor = 1;                  ///< Plan::factor; 1/sqrt(d) or s is already in the logits
    std::vector<Real> rowFactor;      ///< length, or empty
    std::vector<Real> distanceFactor; ///< length, or empty
    std::vector<Real> distanceBias;   ///< length, or empty
    std::int64_t window = -1;         ///< -1: none
    std::int64_t sinks = 0;
    std::vector<Real> adaptive; ///< polynomial, highest power first, or empty
    Real adaptiveThreshold = 0;

    [[nodiscard]] static RowPlan from(const Plan& plan);
};

/// A block of rows of one map: in, the similarity z of every pair; out, the weights.
template <class Real>
struct RowBlock {
    Real* values = nullptr;
    std::int64_t stride = 0;   ///< elements from one row to the next, >= columns
    std::int64_t firstRow = 0; ///< the query i of values[0]
    std::int64_t rows = 0;
    std::int64_t columns = 0; ///< n
};

/// The fused pass: factor, bias, mask, softmax, every statistic, profiles and the pooled overview
/// of a block of rows, while it is in cache. Rows are shared out over OpenMP threads; the result
/// does not depend on their number.
template <class Real>
class RowPass {
public:
    /// `openKey`: n bytes, 0 where the column is padding or hidden; empty: all are open. Rows of
    /// such positions get weights as any other, and no statistic.
    RowPass(const RowPlan<Real>& plan, std::vector<std::uint8_t> openKey,
            const StatisticsOptions& options);
    ~RowPass();
    RowPass(RowPass&&) noexcept;
    RowPass& operator=(RowPass&&) noexcept;

    /// Weights in place; the statistics of these rows join the layer's. Blocks may come in any
    /// order, each row once; one block at a time.
    void run(const RowBlock<Real>& block);
    [[nodiscard]] const RowStatistics<Real>& statistics() const;
    /// Of every row run, padding too, as finishTile takes it; infinity where every key is closed.
    [[nodiscard]] const std::vector<Real>& logSumExp() const;
    /// Of an adaptive plan: beta per row; else empty.
    [[nodiscard]] const std::vector<Real>& rowScale() const;
    [[nodiscard]] LayerProfiles profiles() const; ///< after the last block
    [[nodiscard]] Overview overview() const;      ///< after the last block

private:
    struct State;
    std::unique_ptr<State> m_state;
};

extern template class RowPass<float>;
extern template class RowPass<double>;

/// The instruction set the kernels run with here: "AVX3", "AVX2", "SSE4", ...
[[nodiscard]] const char* kernelTarget();

/// A rectangle of one map: in, z; out, exact weights exp(x - lse), masked cells 0.
template <class Real>
struct Tile {
    Real* values = nullptr;
    std::int64_t stride = 0;
    std::int64_t firstRow = 0, rows = 0;
    std::int64_t firstColumn = 0, columns = 0;
};

/// `logSumExp` is indexed by query i over all n rows, `rowScale` likewise (or empty).
template <class Real>
void finishTile(const RowPlan<Real>& plan, std::span<const std::uint8_t> openKey,
                std::span<const Real> logSumExp, std::span<const Real> rowScale,
                const Tile<Real>& tile);

} // namespace isentrope
