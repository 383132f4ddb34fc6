// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Reductions over the threads that share one row: a warp (Threads = 32) or a whole block. Every
/// thread of the row must call them, and every one gets the result.
namespace isentrope::cuda {

inline constexpr int warpSize32 = 32;
inline constexpr unsigned wholeWarp = 0xffffffffu;

__device__ inline float warpSum(float value) {
#pragma unroll
    for (int offset = 16; offset > 0; offset /= 2)
        value += __shfl_xor_sync(wholeWarp, value, offset);
    return value;
}

/// The larger value; of equals the one with the smaller column.
struct Largest {
    float value;
    int column;
};

__device__ inline Largest larger(Largest a, Largest b) {
    if (b.value > a.value || (b.value == a.value && b.column < a.column)) return b;
    return a;
}

__device__ inline Largest warpLargest(Largest best) {
#pragma unroll
    for (int offset = 16; offset > 0; offset /= 2)
        best = larger(best, Largest{__shfl_xor_sync(wholeWarp, best.value, offset),
                                    __shfl_xor_sync(wholeWarp, best.column, offset)});
    return best;
}

/// `scratch` holds one entry a warp and is free again when the call returns.
template <int Threads>
__device__ Largest rowLargest(Largest best, [[maybe_unused]] Largest* scratch) {
    best = warpLargest(best);
    if constexpr (Threads > warpSize32) {
        const int warp = static_cast<int>(threadIdx.x) / warpSize32;
        if (threadIdx.x % warpSize32 == 0) scratch[warp] = best;
        __syncthreads();
        best = scratch[0];
        for (int other = 1; other < Threads / warpSize32; ++other)
            best = larger(best, scratch[other]);
        __syncthreads();
    }
    return best;
}

/// Sums `Count` values at once; `scratch` holds Count entries a warp.
template <int Threads, int Count>
__device__ void rowSums(float (&values)[Count], [[maybe_unused]] float* scratch) {
#pragma unroll
    for (int at = 0; at < Count; ++at)
        values[at] = warpSum(values[at]);
    if constexpr (Threads > warpSize32) {
        static_assert(Count <= Threads, "a thread for each value");
        constexpr int warps = Threads / warpSize32;
        const int warp = static_cast<int>(threadIdx.x) / warpSize32;
        if (threadIdx.x % warpSize32 == 0) {
#pragma unroll
            for (int at = 0; at < Count; ++at)
                scratch[at * warps + warp] = values[at];
        }
        __syncthreads();
        // One thread a value: unrolled over all, the sums would fill the registers.
        if (threadIdx.x < Count) {
            float sum = 0;
            for (int other = 0; other < warps; ++other)
                sum += scratch[static_cast<int>(threadIdx.x) * warps + other];
            scratch[threadIdx.x * warps] = sum;
        }
        __syncthreads();
#pragma unroll
        for (int at = 0; at < Count; ++at)
            values[at] = scratch[at * warps];
        __syncthreads();
    }
}

} // namespace isentrope::cuda
