// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/cuda_plan.h"
#include "core/model/kernels.h"

namespace isentrope {

/// core/attention/cuda on one device, on LibTorch's stream for it.
class CudaKernels : public Kernels {
public:
    /// Throws what LibTorch throws.
    explicit CudaKernels(int device);

    [[nodiscard]] std::string name() const override;
    [[nodiscard]] DeviceMemory memory() const override;
    [[nodiscard]] bool concurrentTexts() const override { return false; }
    [[nodiscard]] bool runsAhead() const override { return true; }
    [[nodiscard]] bool fastProducts() const override;
    [[nodiscard]] std::int64_t blockRows(std::int64_t length) const override;
    [[nodiscard]] double operationsAtOnce() const override { return 2e13; }
    [[nodiscard]] bool doubles() const override { return false; }

    [[nodiscard]] std::unique_ptr<BlockPass<float>>
    blockPass(const RowPlan<float>& plan, const std::vector<std::uint8_t>& openKey,
              const StatisticsOptions& options) const override;
    [[nodiscard]] std::unique_ptr<BlockPass<double>>
    blockPass(const RowPlan<double>& plan, const std::vector<std::uint8_t>& openKey,
              const StatisticsOptions& options) const override;

    void finishTile(const TileRules<float>& rules, const Tile<float>& tile) const override;
    void finishTile(const TileRules<double>& rules, const Tile<double>& tile) const override;

private:
    int m_device;
    std::shared_ptr<UploadedPlans> m_plans = std::make_shared<UploadedPlans>();
};

} // namespace isentrope
