// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/cuda/kernels.h"
#include "core/attention/cuda/logit.cuh"
#include "core/attention/cuda/reduce.cuh"

#include <cuda_bf16.h>
#include <cuda_runtime.h>

namespace isentrope::cuda {
namespace {

constexpr int longRowThreads = 512;
constexpr int shortRowsPerBlock = 4; // a warp each
constexpr std::int64_t longestWarpRow = 1024;
constexpr std::int64_t mostSharedBytes = 200 * 1024; // of the 227 KiB a block may ask for on Hopper

// Sums of one row, in the order of rowSums: l, u, near, sinks, distance, spans, then the ranges'
// l and u. With e = 2^(x2 - M): l = Σ e, u = Σ e (x2 - M).
constexpr int sumOfL = 0, sumOfU = 1, sumNear = 2, sumSinks = 3, sumDistance = 4, sumSpans = 5;
constexpr int sumRangeL = sumSpans + mostSpans, sumRangeU = sumRangeL + mostRanges;
constexpr int sumCount = sumRangeU + mostRanges;

/// Where the logits of a row stay between the sweeps: shared memory, or the weights' own place in
/// global memory where a row is too long (n > 51,200).
struct RowBuffer {
    float* values;
    __device__ float& operator[](std::int64_t at) { return values[at]; }
};

/// [begin, end) of the columns whose distance from `query` lies in [from, to), on one side.
struct Interval {
    std::int64_t begin, end;
};
__device__ inline Interval before(std::int64_t query, std::int64_t from, std::int64_t to) {
    const std::int64_t begin = query - to + 1, end = query - from + 1;
    return {begin > 0 ? begin : 0, end > 0 ? end : 0};
}
__device__ inline Interval behind(std::int64_t query, std::int64_t from, std::int64_t to,
                                  std::int64_t columns) {
    const std::int64_t begin = query + from, end = query + to;
    return {begin < columns ? begin : columns, end < columns ? end : columns};
}

/// Adds e, e (x2 - M) and e t of an interval, and leaves e where the logit stood: every element
/// pays for one exponential.
template <int Threads>
__device__ void addRange(RowBuffer row, Interval interval, std::int64_t query, int lane, float& l,
                         float& u, float& distance) {
    for (std::int64_t j = interval.begin + lane; j < interval.end; j += Threads) {
        const float shifted = row[j];
        const float e = exp2f(shifted);
        row[j] = e;
        l += e;
        u += shifted > -INFINITY ? e * shifted : 0.0f;
        distance += e * static_cast<float>(j > query ? j - query : query - j);
    }
}

/// Adds what addRange left of [begin, end).
template <int Threads>
__device__ float addPlain(RowBuffer row, std::int64_t begin, std::int64_t end, int lane) {
    float sum = 0;
    for (std::int64_t j = begin + lane; j < end; j += Threads)
        sum += row[j];
    return sum;
}

/// Makes what the row's threads wrote visible to all of them.
template <int Threads>
__device__ void rowSync() {
    if constexpr (Threads == warpSize32)
        __syncwarp();
    else
        __syncthreads();
}

/// First sweep: x2 into the buffer and its maximum.
template <int Threads>
__device__ Largest findLargest(const DevicePlan& plan, const RowFrame& frame,
                               const float* similarity, std::int64_t columns, RowBuffer row,
                               int lane, Largest* scratch) {
    Largest best{-INFINITY, 0x7fffffff};
    for (std::int64_t j = lane; j < columns; j += Threads) {
        const float x = logit2(plan, frame, j, similarity[j]);
        row[j] = x;
        best = larger(best, Largest{x, static_cast<int>(j)});
    }
    return rowLargest<Threads>(best, scratch);
}

/// Second sweep: the row's sums, range by range, so that no element asks where it belongs.
template <int Threads>
__device__ void addRow(const DeviceStatistics& statistics, const RowFrame& frame,
                       std::int64_t columns, RowBuffer row, int lane, float (&sums)[sumCount]) {
    const std::int64_t i = frame.query;
    float distance = 0;
    addRange<Threads>(row, {i, i + 1}, i, lane, sums[sumOfL], sums[sumOfU], distance);
    std::int64_t from = 1;
#pragma unroll
    for (int range = 0; range < mostRanges; ++range) {
        if (range < statistics.ranges) {
            const std::int64_t to = range + 1 < statistics.ranges ? from * 10 : columns;
            float l = 0, u = 0;
            addRange<Threads>(row, before(i, from, to), i, lane, l, u, distance);
            addRange<Threads>(row, behind(i, from, to, columns), i, lane, l, u, distance);
            sums[sumRangeL + range] = l;
            sums[sumRangeU + range] = u;
            sums[sumOfL] += l;
            sums[sumOfU] += u;
            from *= 10;
        }
    }
    sums[sumDistance] = distance;
    rowSync<Threads>();
    const std::int64_t nearBegin = i - statistics.near, nearEnd = i + statistics.near + 1;
    sums[sumNear] = addPlain<Threads>(row, nearBegin > 0 ? nearBegin : 0,
                                      nearEnd < columns ? nearEnd : columns, lane);
    sums[sumSinks] =
        addPlain<Threads>(row, 0, statistics.sinks < columns ? statistics.sinks : columns, lane);
#pragma unroll
    for (int span = 0; span < mostSpans; ++span)
        if (span < statistics.spans)
            sums[sumSpans + span] =
                addPlain<Threads>(row, statistics.spanBegin[span], statistics.spanEnd[span], lane);
}

/// beta = max(1, p(H)) where the unscaled row's entropy H exceeds the threshold, else 1.
__device__ float adaptiveBeta(const DevicePlan& plan, float entropy) {
    if (!(entropy > plan.adaptiveThreshold)) return 1.0f;
    float value = 0;
    for (int term = 0; term < plan.adaptiveTerms; ++term)
        value = value * entropy + plan.adaptive[term];
    return value > 1.0f ? value : 1.0f;
}

__device__ inline float entropyOf(float l, float u) {
    return lnOf2 * (log2f(l) - u / l);
}

__device__ void storeStatistics(const DeviceStatistics& out, std::int64_t row, Largest best,
                                const float (&sums)[sumCount], bool counted, float beta) {
    const float l = sums[sumOfL], missing = nanf("");
    const bool any = counted && best.value > -INFINITY;
    out.logSumExp[row] = best.value > -INFINITY ? lnOf2 * (best.value + log2f(l)) : -INFINITY;
    if (out.rowScale) out.rowScale[row] = beta;
    if (out.entropy) out.entropy[row] = any ? entropyOf(l, sums[sumOfU]) : missing;
    if (out.maxWeight) out.maxWeight[row] = any ? 1.0f / l : missing;
    if (out.maxColumn) out.maxColumn[row] = any ? best.column : -1;
    if (out.nearMass) out.nearMass[row] = any ? sums[sumNear] / l : missing;
    if (out.sinkMass) out.sinkMass[row] = any ? sums[sumSinks] / l : missing;
    if (out.meanDistance) out.meanDistance[row] = any ? sums[sumDistance] / l : missing;
#pragma unroll
    for (int range = 0; range < mostRanges; ++range) {
        if (range >= out.ranges) continue;
        const float mass = sums[sumRangeL + range];
        const std::int64_t at = row * out.ranges + range;
        if (out.rangeMass) out.rangeMass[at] = any ? mass / l : missing;
        if (out.rangeEntropy)
            out.rangeEntropy[at] = !any       ? missing
                                   : mass > 0 ? entropyOf(mass, sums[sumRangeU + range])
                                              : 0.0f;
    }
#pragma unroll
    for (int span = 0; span < mostSpans; ++span)
        if (span < out.spans && out.spanMass)
            out.spanMass[row * out.spans + span] = any ? sums[sumSpans + span] / l : missing;
}

/// Third sweep: weights, divided by the row's sum, as fp32 and bfloat16.
template <int Threads>
__device__ void writeWeights(const DeviceBlock& block, std::int64_t bufferRow, RowBuffer row,
                             float inverse, int lane) {
    float* exact = block.weights ? block.weights + bufferRow * block.stride : nullptr;
    auto* fast = block.weightsBf16
                     ? static_cast<__nv_bfloat16*>(block.weightsBf16) + bufferRow * block.stride
                     : nullptr;
    for (std::int64_t j = lane; j < block.columns; j += Threads) {
        const float weight = row[j] * inverse;
        if (exact) exact[j] = weight;
        if (fast) fast[j] = __float2bfloat16(weight);
    }
}

/// One row per group of `Threads` threads.
template <int Threads>
__global__ void __launch_bounds__(Threads == warpSize32 ? shortRowsPerBlock * warpSize32
                                                        : longRowThreads)
    rowPassKernel(DevicePlan plan, DeviceStatistics statistics, DeviceBlock block,
                  std::int64_t sharedColumns) {
    extern __shared__ float sharedRows[];
    __shared__ float sumScratch[sumCount * (longRowThreads / warpSize32)];
    __shared__ Largest largestScratch[longRowThreads / warpSize32];
    const int group = static_cast<int>(threadIdx.x) / Threads;
    const int lane = static_cast<int>(threadIdx.x) % Threads;
    const std::int64_t bufferRow =
        static_cast<std::int64_t>(blockIdx.x) * (blockDim.x / Threads) + group;
    if (bufferRow >= block.rows) return; // whole warps leave: a group never diverges here
    const std::int64_t globalRow = block.firstRow + bufferRow;
    RowFrame frame = rowFrame(plan, globalRow);
    const float* similarity = block.similarity + bufferRow * block.stride;
    RowBuffer row{sharedColumns > 0 ? sharedRows + group * sharedColumns
                                    : block.weights + bufferRow * block.stride};

    float beta = 1.0f;
    Largest best{};
    float sums[sumCount];
    for (int round = plan.adaptive ? 0 : 1; round < 2; ++round) {
        best =
            findLargest<Threads>(plan, frame, similarity, block.columns, row, lane, largestScratch);
        const float shift = best.value > -INFINITY ? best.value : 0.0f;
        for (std::int64_t j = lane; j < block.columns; j += Threads)
            row[j] -= shift;
        rowSync<Threads>();
#pragma unroll
        for (float& sum : sums)
            sum = 0;
        addRow<Threads>(statistics, frame, block.columns, row, lane, sums);
        rowSums<Threads>(sums, sumScratch);
        if (round == 0) { // the factor is multiplied, a bias is not
            beta = adaptiveBeta(plan, entropyOf(sums[sumOfL], sums[sumOfU]));
            frame.scale *= beta;
        }
    }
    const bool counted = !plan.openKey || plan.openKey[frame.keyBase + frame.query] != 0;
    if (lane == 0) storeStatistics(statistics, globalRow, best, sums, counted, beta);
    const float inverse = best.value > -INFINITY ? 1.0f / sums[sumOfL] : 0.0f;
    writeWeights<Threads>(block, bufferRow, row, inverse, lane);
}

} // namespace

int launchRowPass(const DevicePlan& plan, const DeviceStatistics& statistics,
                  const DeviceBlock& block, CUstream_st* stream) {
    if (block.rows == 0 || block.columns == 0) return cudaSuccess;
    const std::int64_t rowBytes = block.columns * static_cast<std::int64_t>(sizeof(float));
    if (block.columns <= longestWarpRow) {
        const auto blocks =
            static_cast<unsigned>((block.rows + shortRowsPerBlock - 1) / shortRowsPerBlock);
        rowPassKernel<warpSize32>
            <<<blocks, shortRowsPerBlock * warpSize32,
               static_cast<std::size_t>(shortRowsPerBlock * rowBytes), stream>>>(
                plan, statistics, block, block.columns);
        return cudaGetLastError();
    }
    const bool shared = rowBytes <= mostSharedBytes;
    if (!shared && (!block.weights || (plan.adaptive && block.weights == block.similarity)))
        return cudaErrorInvalidValue; // a long row needs a place of its own between the sweeps
    if (shared) {
        const auto error = cudaFuncSetAttribute(rowPassKernel<longRowThreads>,
                                                cudaFuncAttributeMaxDynamicSharedMemorySize,
                                                static_cast<int>(rowBytes));
        if (error != cudaSuccess) return error;
    }
    rowPassKernel<longRowThreads><<<static_cast<unsigned>(block.rows), longRowThreads,
                                    shared ? static_cast<std::size_t>(rowBytes) : 0, stream>>>(
        plan, statistics, block, shared ? block.columns : 0);
    return cudaGetLastError();
}

} // namespace isentrope::cuda
