// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/kernels.h"

namespace isentrope {

/// core/attention's row pass and tile on host memory.
class CpuKernels : public Kernels {
public:
    [[nodiscard]] std::string name() const override;
    [[nodiscard]] DeviceMemory memory() const override;
    [[nodiscard]] bool concurrentTexts() const override { return true; }
    [[nodiscard]] bool runsAhead() const override { return false; }
    [[nodiscard]] bool fastProducts() const override;
    [[nodiscard]] std::int64_t blockRows(std::int64_t length) const override;
    [[nodiscard]] double operationsAtOnce() const override { return 4e9; }
    [[nodiscard]] bool doubles() const override { return true; }

    [[nodiscard]] std::unique_ptr<BlockPass<float>>
    blockPass(const RowPlan<float>& plan, const std::vector<std::uint8_t>& openKey,
              const StatisticsOptions& options) const override;
    [[nodiscard]] std::unique_ptr<BlockPass<double>>
    blockPass(const RowPlan<double>& plan, const std::vector<std::uint8_t>& openKey,
              const StatisticsOptions& options) const override;

    void finishTile(const TileRules<float>& rules, const Tile<float>& tile) const override;
    void finishTile(const TileRules<double>& rules, const Tile<double>& tile) const override;
};

} // namespace isentrope
