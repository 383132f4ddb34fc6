// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/row_pass.h"
#include "core/base/machine.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace isentrope {

/// What the pass over one layer leaves behind, in host memory.
template <class Real>
struct PassResult {
    RowStatistics<Real> statistics;
    std::vector<Real> logSumExp; ///< of every row, padding included
    std::vector<Real> rowScale;  ///< beta per row of an adaptive plan, else empty
    LayerProfiles profiles;
    Overview overview;
};

/// The fused pass over one layer of one text. Blocks lie in the memory of the kernels' device.
template <class Real>
class BlockPass {
public:
    virtual ~BlockPass() = default;
    /// Similarities in, weights out in place. Where `bfloat` is not null the weights are written
    /// there as bfloat16, rows x columns without gaps, and the block is left in any state.
    virtual void run(const RowBlock<Real>& block, std::uint16_t* bfloat) = 0;
    /// After the last block: starts to bring the results to the host, and does not wait.
    virtual void collect() {}
    [[nodiscard]] virtual PassResult<Real> finish() = 0; ///< once, after the last block
};

/// What exact weights of a rectangle need beside the similarities; host memory.
template <class Real>
struct TileRules {
    const RowPlan<Real>& plan;
    std::span<const std::uint8_t> openKey;
    std::span<const Real> logSumExp;
    std::span<const Real> rowScale;
};

/// The narrow door between the model and the kernels of one kind of device. It knows pointers and
/// plain structs only, so that kernels are built without LibTorch.
class Kernels {
public:
    virtual ~Kernels() = default;
    [[nodiscard]] virtual std::string name() const = 0; ///< "AVX2", "CUDA 9.0"
    [[nodiscard]] virtual DeviceMemory memory() const = 0;
    /// True where several texts may run at once, each on a thread of its own.
    [[nodiscard]] virtual bool concurrentTexts() const = 0;
    /// True where work is only queued, so that the host asks for a layer's results while the next
    /// one runs.
    [[nodiscard]] virtual bool runsAhead() const = 0;
    /// True where products of bfloat16 are faster than those of fp32.
    [[nodiscard]] virtual bool fastProducts() const = 0;
    /// Rows of a block that serve a text of this length best.
    [[nodiscard]] virtual std::int64_t blockRows(std::int64_t length) const = 0;
    /// Floating-point operations between two looks at the stop token: a few tens of milliseconds.
    [[nodiscard]] virtual double operationsAtOnce() const = 0;

    /// Whether there are kernels of doubles: without, Precision::Double is refused.
    [[nodiscard]] virtual bool doubles() const = 0;
    [[nodiscard]] virtual std::unique_ptr<BlockPass<float>>
    blockPass(const RowPlan<float>& plan, const std::vector<std::uint8_t>& openKey,
              const StatisticsOptions& options) const = 0;
    [[nodiscard]] virtual std::unique_ptr<BlockPass<double>>
    blockPass(const RowPlan<double>& plan, const std::vector<std::uint8_t>& openKey,
              const StatisticsOptions& options) const = 0;

    virtual void finishTile(const TileRules<float>& rules, const Tile<float>& tile) const = 0;
    virtual void finishTile(const TileRules<double>& rules, const Tile<double>& tile) const = 0;
};

} // namespace isentrope
