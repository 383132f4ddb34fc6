// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/cuda/kernels.h"
#include "core/attention/cuda/launch.cuh"
#include "core/attention/cuda/logit.cuh"

#include <cuda_runtime.h>

namespace isentrope::cuda {
namespace {

constexpr int threads = 256;
constexpr unsigned mostGridRows = 65535;

__global__ void __launch_bounds__(threads) tileKernel(DevicePlan plan, DeviceTile tile) {
    const std::int64_t column = static_cast<std::int64_t>(blockIdx.x) * threads + threadIdx.x;
    if (column >= tile.columns) return;
    for (std::int64_t row = blockIdx.y; row < tile.rows; row += gridDim.y) {
        RowFrame frame = rowFrame(plan, tile.firstRow + row);
        if (tile.rowScale) frame.scale *= tile.rowScale[row];
        float& value = tile.values[row * tile.stride + column];
        const float x = logit2(frame, static_cast<int>(tile.firstColumn + column), value);
        // A row of closed keys has the log-sum-exp infinity, and so weights of 0.
        value = x == -INFINITY ? 0.0f : exp2f(x - tile.logSumExp[row] * log2OfE);
    }
}

} // namespace

int launchTile(const DevicePlan& plan, const DeviceTile& tile, CUstream_st* stream) {
    if (tile.rows == 0 || tile.columns == 0) return cudaSuccess;
    const dim3 blocks(static_cast<unsigned>((tile.columns + threads - 1) / threads),
                      tile.rows < mostGridRows ? static_cast<unsigned>(tile.rows) : mostGridRows);
    return launchKernel(tileKernel, blocks, threads, 0, stream, plan, tile);
}

} // namespace isentrope::cuda
