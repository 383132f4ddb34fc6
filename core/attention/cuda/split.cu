// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/cuda/kernels.h"
#include "core/attention/cuda/launch.cuh"

#include <cuda_bf16.h>
#include <cuda_runtime.h>

namespace isentrope::cuda {
namespace {

constexpr int threads = 256;

/// high = the nearest bfloat16, low = the nearest bfloat16 to what is left.
__global__ void __launch_bounds__(threads)
    splitKernel(const float* values, std::int64_t count, int keySize, bool query,
                __nv_bfloat16* out) {
    const std::int64_t at = static_cast<std::int64_t>(blockIdx.x) * threads + threadIdx.x;
    if (at >= count) return;
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

int launchSplit(const float* values, std::int64_t rows, int keySize, bool query, void* bf16,
                CUstream_st* stream) {
    const std::int64_t count = rows * keySize;
    if (count == 0) return cudaSuccess;
    const auto blocks = static_cast<unsigned>((count + threads - 1) / threads);
    return launchKernel(splitKernel, blocks, threads, 0, stream, values, count, keySize, query,
                        static_cast<__nv_bfloat16*>(bf16));
}

} // namespace isentrope::cuda
