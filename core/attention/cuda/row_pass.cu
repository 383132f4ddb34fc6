// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/cuda/kernels.h"
#include "core/attention/cuda/launch.cuh"
#include "core/attention/cuda/row_sums.cuh"

#include <cuda_bf16.h>
#include <cuda_runtime.h>

namespace isentrope::cuda {
namespace {

/// Of its row's mass, below which a range is summed about its own largest logit.
constexpr float deepMass = 0x1p-32f;

template <int Threads>
constexpr int rowsPerBlock = Threads == warpSize32 ? 4 : 1;

/// What the threads of one row share beside its logits.
template <int Threads, int Ranges>
struct RowScratch {
    float sums[SumPlaces<Ranges>::count * (Threads / warpSize32)];
    Largest largest[Threads / warpSize32];
};

__device__ inline bool inQuads(const void* place, unsigned bytes) {
    return reinterpret_cast<std::uintptr_t>(place) % bytes == 0;
}

/// First sweep: x2 into shared memory, and its maximum.
template <int Threads, bool Stored>
__device__ Largest findLargest(const RowLogits<Stored>& row, int columns, int lane,
                               Largest* scratch) {
    Largest best{-INFINITY, 0x7fffffff};
    const auto take = [&](int column, float similarity) {
        const float x = logit2(row.frame, column, similarity);
        best = larger(best, Largest{x, column});
        return x;
    };
    const int quads = inQuads(row.similarity, sizeof(float4)) ? columns / 4 : 0;
    for (int quad = lane; quad < quads; quad += Threads) {
        const float4 z = reinterpret_cast<const float4*>(row.similarity)[quad];
        const int j = 4 * quad;
        const float4 x{take(j, z.x), take(j + 1, z.y), take(j + 2, z.z), take(j + 3, z.w)};
        if constexpr (Stored) reinterpret_cast<float4*>(row.stored)[quad] = x;
    }
    for (int j = 4 * quads + lane; j < columns; j += Threads) {
        const float x = take(j, row.similarity[j]);
        if constexpr (Stored) row.stored[j] = x;
    }
    if constexpr (Threads == warpSize32) __syncwarp(); // larger groups meet in rowLargest
    return rowLargest<Threads>(best, scratch);
}

/// beta = max(1, p(H)) where the unscaled row's entropy H exceeds the threshold, else 1.
__device__ float adaptiveBeta(const DevicePlan& plan, float entropy) {
    if (!(entropy > plan.adaptiveThreshold)) return 1.0f;
    double value = 0;
    for (int term = 0; term < plan.adaptiveTerms; ++term)
        value = value * entropy + plan.adaptive[term];
    return static_cast<float>(value > 1 ? value : 1);
}

/// Statistics of a counted row but the spans'. All threads of the row come here; one writes.
template <int Threads, int Ranges, bool Stored>
__device__ void storeStatistics(const RowLogits<Stored>& row, const DeviceStatistics& out,
                                int columns, Largest best, int lane,
                                const float (&sums)[SumPlaces<Ranges>::count],
                                RowScratch<Threads, Ranges>& scratch) {
    using At = SumPlaces<Ranges>;
    const std::int64_t i = row.frame.query;
    const float l = sums[At::l];
    if (lane == 0) {
        out.entropy[i] = entropyOf(l, sums[At::u]);
        out.maxWeight[i] = 1.0f / l;
        out.maxColumn[i] = best.column;
        out.nearMass[i] = sums[At::near] / l;
        out.sinkMass[i] = sums[At::sinks] / l;
        out.meanDistance[i] = sums[At::distance] / l;
    }
#pragma unroll
    for (int range = 0; range < Ranges; ++range) {
        if (range >= out.ranges) continue;
        const float mass = sums[At::rangeL + range];
        float entropy = entropyOf(mass, sums[At::rangeU + range]);
        if (mass < deepMass * l)
            entropy = deepEntropy<Threads>(row, range, out.ranges, columns, lane, scratch.sums,
                                           scratch.largest);
        if (lane == 0) {
            out.rangeMass[i * out.ranges + range] = mass / l;
            out.rangeEntropy[i * out.ranges + range] = entropy;
        }
    }
}

template <int Threads, bool Stored>
__device__ void storeSpans(const RowLogits<Stored>& row, const DeviceStatistics& out, float top,
                           float l, int lane, float* scratch) {
    for (int span = 0; span < out.spans; ++span) {
        const auto begin = static_cast<int>(out.bounds[2 * span]);
        const auto end = static_cast<int>(out.bounds[2 * span + 1]);
        float mass[1] = {massOf<Threads>(row, begin, end, top, lane)};
        rowSums<Threads>(mass, scratch);
        if (lane == 0)
            out.spanMass[static_cast<std::int64_t>(row.frame.query) * out.spans + span] =
                mass[0] / l;
    }
}

/// Last sweep: weights as fp32 and bfloat16. It may write where the similarities stood: a thread
/// reads its columns before it writes them, and nobody else reads them any more.
template <int Threads, bool Stored>
__device__ void writeWeights(const DeviceBlock& block, std::int64_t bufferRow,
                             const RowLogits<Stored>& row, float top, float inverse, int lane) {
    const auto columns = static_cast<int>(block.columns);
    float* exact = block.weights ? block.weights + bufferRow * block.stride : nullptr;
    auto* fast = block.weightsBf16
                     ? static_cast<__nv_bfloat16*>(block.weightsBf16) + bufferRow * block.columns
                     : nullptr;
    const auto weight = [&](int j) { return exp2f(row[j] - top) * inverse; };
    const bool aligned = inQuads(exact, sizeof(float4)) && inQuads(fast, sizeof(uint2));
    const int quads = aligned ? columns / 4 : 0;
    for (int quad = lane; quad < quads; quad += Threads) {
        const int j = 4 * quad;
        const float4 w{weight(j), weight(j + 1), weight(j + 2), weight(j + 3)};
        if (exact) reinterpret_cast<float4*>(exact)[quad] = w;
        if (fast) {
            __nv_bfloat162 pairs[2] = {__floats2bfloat162_rn(w.x, w.y),
                                       __floats2bfloat162_rn(w.z, w.w)};
            reinterpret_cast<uint2*>(fast)[quad] = *reinterpret_cast<uint2*>(pairs);
        }
    }
    for (int j = 4 * quads + lane; j < columns; j += Threads) {
        const float w = weight(j);
        if (exact) exact[j] = w;
        if (fast) fast[j] = __float2bfloat16(w);
    }
}

/// One row per group of `Threads` threads.
template <int Threads, int Ranges, bool Stored>
__global__ void __launch_bounds__(Threads* rowsPerBlock<Threads>)
    rowPassKernel(DevicePlan plan, DeviceStatistics statistics, DeviceBlock block,
                  int sharedColumns) {
    using At = SumPlaces<Ranges>;
    ISENTROPE_DYNAMIC_SHARED(float4, sharedRows); // float4: rows begin where quads may
    __shared__ RowScratch<Threads, Ranges> scratches[rowsPerBlock<Threads>];
    const int group = static_cast<int>(threadIdx.x) / Threads;
    const int lane = static_cast<int>(threadIdx.x) % Threads;
    const std::int64_t bufferRow =
        static_cast<std::int64_t>(blockIdx.x) * rowsPerBlock<Threads> + group;
    if (bufferRow >= block.rows) return; // whole rows leave, and rows wait for nobody else
    auto& scratch = scratches[group];
    const auto columns = static_cast<int>(block.columns);
    const std::int64_t query = block.firstRow + bufferRow;
    RowLogits<Stored> row{rowFrame(plan, query), block.similarity + bufferRow * block.stride,
                          reinterpret_cast<float*>(sharedRows) + group * sharedColumns};

    float beta = 1.0f, top = 0;
    Largest best{};
    float sums[At::count];
    for (int round = plan.adaptive ? 0 : 1; round < 2; ++round) {
        best = findLargest<Threads>(row, columns, lane, scratch.largest);
        top = best.value > -INFINITY ? best.value : 0.0f;
        sumRow<Threads, Ranges>(row, statistics, columns, top, lane, sums);
        rowSums<Threads>(sums, scratch.sums);
        if (round == 0) { // the factor is multiplied, a bias is not
            beta = adaptiveBeta(plan, entropyOf(sums[At::l], sums[At::u]));
            row.frame.scale *= beta;
        }
    }
    const float l = sums[At::l];
    const bool alive = best.value > -INFINITY;
    if (lane == 0) {
        const double logSumExp = lnOf2 * (double{best.value} + double{log2f(l)});
        statistics.logSumExp[query] = alive ? static_cast<float>(logSumExp) : INFINITY;
        if (statistics.rowScale) statistics.rowScale[query] = beta;
    }
    const bool open = !plan.openKey || plan.openKey[query] != 0;
    if (alive && open && isfinite(l)) { // the same for the whole row
        storeStatistics<Threads, Ranges>(row, statistics, columns, best, lane, sums, scratch);
        storeSpans<Threads>(row, statistics, top, l, lane, scratch.sums);
    }
    // A row of closed keys sums to 0 and gets zeros; one that holds NaN shows it.
    writeWeights<Threads>(block, bufferRow, row, top, l == 0 ? 0.0f : 1.0f / l, lane);
}

template <int Threads, int Ranges, bool Stored>
int launch(const DevicePlan& plan, const DeviceStatistics& statistics, const DeviceBlock& block,
           CUstream_st* stream) {
    constexpr int rows = rowsPerBlock<Threads>;
    const auto kernel = rowPassKernel<Threads, Ranges, Stored>;
    const auto columns = Stored ? static_cast<int>((block.columns + 3) / 4 * 4) : 0;
    const auto bytes = static_cast<int>(sizeof(float)) * rows * columns;
    constexpr int withoutAsking = 40 * 1024; // of 48 KiB, less what the kernel has of its own
    if (bytes > withoutAsking) {
        const auto error =
            cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
        if (error != cudaSuccess) return error;
    }
    const auto blocks = static_cast<unsigned>((block.rows + rows - 1) / rows);
    return launchKernel(kernel, blocks, rows * Threads, static_cast<std::size_t>(bytes), stream,
                        plan, statistics, block, columns);
}

/// Columns of the longest row that a block of this device can hold in shared memory.
int longestStored(std::int64_t& columns) {
    constexpr int ownOfKernel = 4 * 1024;
    int device = 0, bytes = 0;
    auto error = cudaGetDevice(&device);
    if (error == cudaSuccess)
        error = cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
    columns = (bytes - ownOfKernel) / static_cast<std::int64_t>(sizeof(float));
    return error;
}

} // namespace

int launchRowPass(const DevicePlan& plan, const DeviceStatistics& statistics,
                  const DeviceBlock& block, CUstream_st* stream) {
    if (block.rows == 0 || block.columns == 0) return cudaSuccess;
    if (statistics.ranges > mostRanges) return cudaErrorInvalidValue;
    constexpr std::int64_t longestWarpRow = 1024, longestShortRow = 8192;
    // A row of at most 1,024 columns has at most 4 ranges, one of 8,192 likewise.
    if (block.columns <= longestWarpRow)
        return launch<warpSize32, 4, true>(plan, statistics, block, stream);
    if (block.columns <= longestShortRow)
        return launch<128, 4, true>(plan, statistics, block, stream);
    std::int64_t longest = 0;
    if (const int error = longestStored(longest)) return error;
    if (block.columns <= longest)
        return launch<512, mostRanges, true>(plan, statistics, block, stream);
    return launch<512, mostRanges, false>(plan, statistics, block, stream);
}

int kernelsUsable() {
    cudaFuncAttributes attributes{};
    return cudaFuncGetAttributes(&attributes, rowPassKernel<warpSize32, 4, true>);
}

} // namespace isentrope::cuda
