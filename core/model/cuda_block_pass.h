// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/cuda_plan.h"
#include "core/model/kernels.h"

namespace isentrope {

/// The fused pass on a GPU. Nothing waits between the first block and finish(): the statistics of
/// the layer stay on the device and come to the host in one copy.
[[nodiscard]] std::unique_ptr<BlockPass<float>>
cudaBlockPass(std::shared_ptr<const UploadedPlan> plan, const RowPlan<float>& shape,
              std::vector<std::uint8_t> openKey, const StatisticsOptions& options, int device);

} // namespace isentrope
