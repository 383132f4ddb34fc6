// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/cuda/kernels.h"
#include "core/attention/cuda/logit.cuh"

#include <cuda_bf16.h>
#include <cuda_runtime.h>

namespace isentrope::cuda {
namespace {

constexpr int threads = 256;

__global__ void tileKernel(DevicePlan plan, DeviceTile tile) {
    const std::int64_t row = blockIdx.y;
    const std::int64_t column =
        static_cast<std::int64_t>(blockIdx.x) * threads + static_cast<std::int64_t>(threadIdx.x);
    if (column >= tile.columns) return;
    const std::int64_t query = tile.firstRow + row;
    RowFrame frame = rowFrame(plan, query);
    if (tile.rowScale) frame.scale *= tile.rowScale[query];
    float& value = tile.values[row * tile.stride + column];
    const float x = logit2(plan, frame, tile.firstColumn + column, value);
    const float lse = tile.logSumExp[query];
    value = x > -INFINITY && lse > -INFINITY ? exp2f(x - lse * log2OfE) : 0.0f;
}

/// high = the nearest bfloat16, low = the nearest bfloat16 to what is left.
__global__ void splitKernel(const float* values, std::int64_t rows, int keySize, bool query,
                            __nv_bfloat16* out) {
    const std::int64_t at =
        static_cast<std::int64_t>(blockIdx.x) * threads + static_cast<std::int64_t>(threadIdx.x);
    if (at >= rows * keySize) return;
    const std::int64_t row = at / keySize;
    const int plane = static_cast<int>(at - row * keySize);
    const float value = values[at];
    const __nv_bfloat16 high = __float2bfloat16(value);
    const __nv_bfloat16 low = __float2bfloat16(value - __bfloat162float(high));
    __nv_bfloat16* place = out + row * 3 * keySize + plane;
    place[0] = high;
    place[keySize] = query ? high : low;
    place[2 * keySize] = query ? low : high;
}

} // namespace

int launchTile(const DevicePlan& plan, const DeviceTile& tile, CUstream_st* stream) {
    if (tile.rows == 0 || tile.columns == 0) return cudaSuccess;
    if (tile.rows > 65535) return cudaErrorInvalidValue; // the grid's second side
    const dim3 blocks(static_cast<unsigned>((tile.columns + threads - 1) / threads),
                      static_cast<unsigned>(tile.rows));
    tileKernel<<<blocks, threads, 0, stream>>>(plan, tile);
    return cudaGetLastError();
}

int launchSplit(const float* values, std::int64_t rows, int keySize, bool query, void* bf16,
                CUstream_st* stream) {
    const std::int64_t count = rows * keySize;
    if (count == 0) return cudaSuccess;
    splitKernel<<<static_cast<unsigned>((count + threads - 1) / threads), threads, 0, stream>>>(
        values, rows, keySize, query, static_cast<__nv_bfloat16*>(bf16));
    return cudaGetLastError();
}

} // namespace isentrope::cuda
