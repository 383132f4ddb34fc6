// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/cuda_kernels.h"

#include "core/model/cuda_block_pass.h"
#include "core/model/cuda_current.h"
#include "core/model/cuda_devices.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <stdexcept>

namespace isentrope {
namespace {

[[noreturn]] void noDoubles() {
    throw std::logic_error("the kernels for NVIDIA GPUs know single precision alone");
}

} // namespace

/// Products of fp32 stay fp32, and sums of bfloat16 products are made in fp32 to the end.
CudaKernels::CudaKernels(int device)
    : m_device(device) {
    at::globalContext().lazyInitDevice(c10::DeviceType::CUDA);
    at::globalContext().setAllowTF32CuBLAS(false);
    at::globalContext().setAllowBF16ReductionCuBLAS(false);
}

std::string CudaKernels::name() const {
    const ComputeCapability capability = computeCapability(m_device);
    return "CUDA " + std::to_string(capability.major) + "." + std::to_string(capability.minor);
}

DeviceMemory CudaKernels::memory() const {
    return cudaMemory(m_device);
}

bool CudaKernels::fastProducts() const {
    return computeCapability(m_device).major >= 8;
}

/// 2,816 rows times 1,536 columns are 132 tiles of 128 x 256: the product with v fills a card of
/// 132 multiprocessors at once. A block takes at most an eighth of the free memory.
std::int64_t CudaKernels::blockRows(std::int64_t length) const {
    constexpr std::int64_t preferred = 2816, least = 16, tile = 128;
    constexpr std::uint64_t bytesOfPair = sizeof(float) + sizeof(std::uint16_t);
    const auto columns = static_cast<std::uint64_t>(std::max<std::int64_t>(length, 1));
    const auto fitting =
        static_cast<std::int64_t>(memory().freeBytes / 8 / (columns * bytesOfPair));
    const std::int64_t rows = std::clamp(fitting, least, preferred);
    return rows < tile ? rows : rows / tile * tile;
}

std::unique_ptr<BlockPass<float>> CudaKernels::blockPass(const RowPlan<float>& plan,
                                                         const std::vector<std::uint8_t>& openKey,
                                                         const StatisticsOptions& options) const {
    return cudaBlockPass(m_plans->of(plan, openKey, m_device), plan, openKey, options, m_device);
}

std::unique_ptr<BlockPass<double>> CudaKernels::blockPass(const RowPlan<double>& /*plan*/,
                                                          const std::vector<std::uint8_t>& /*open*/,
                                                          const StatisticsOptions&) const {
    noDoubles();
}

void CudaKernels::finishTile(const TileRules<float>& rules, const Tile<float>& tile) const {
    const auto ofTile = [&](std::span<const float> ofRows) {
        return ofRows.subspan(static_cast<std::size_t>(tile.firstRow),
                              static_cast<std::size_t>(tile.rows));
    };
    const auto plan = m_plans->of(rules.plan, rules.openKey, m_device);
    Upload upload;
    const std::size_t logSumExp = upload.add(ofTile(rules.logSumExp));
    const std::size_t rowScale = rules.rowScale.empty() ? 0 : upload.add(ofTile(rules.rowScale));
    const at::Tensor rows = upload.send(m_device);
    const auto* bytes = static_cast<const std::uint8_t*>(rows.data_ptr());
    cuda::DeviceTile there;
    there.values = tile.values;
    there.stride = tile.stride;
    there.firstRow = tile.firstRow;
    there.rows = tile.rows;
    there.firstColumn = tile.firstColumn;
    there.columns = tile.columns;
    there.logSumExp = reinterpret_cast<const float*>(bytes + logSumExp);
    if (!rules.rowScale.empty()) there.rowScale = reinterpret_cast<const float*>(bytes + rowScale);
    const OnDevice here(m_device);
    here.check(cuda::launchTile(plan->plan, there, here.stream()));
}

void CudaKernels::finishTile(const TileRules<double>&, const Tile<double>&) const {
    noDoubles();
}

} // namespace isentrope
