// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/cuda/kernels.h"
#include "core/attention/cuda/launch.cuh"

#include <cuda_runtime.h>

namespace isentrope::cuda {
namespace {

constexpr int columnsPerBlock = 256;
/// Rows that one block of threads walks down at most: sums in single precision stay short, and few
/// additions reach the sums in global memory.
constexpr int rowsPerBlock = 64;

/// One block of threads' part of the weights.
struct Patch {
    std::int64_t firstQuery, lastQuery; ///< [first, last)
    std::int64_t firstColumn;
    int columns;
};

/// A value a column or diagonal of the patch.
struct PatchSums {
    float diagonals[columnsPerBlock + rowsPerBlock];
    float binSum[columnsPerBlock], binMost[columnsPerBlock];
};

__device__ inline bool counts(const DevicePooling& pooling, std::int64_t query) {
    return (!pooling.openRow || pooling.openRow[query] != 0) && isfinite(pooling.logSumExp[query]);
}

/// Column sums of the rows of one bin row join the overview. A bin may be shared with other
/// patches; weights are never negative, so their bit patterns order as integers.
__device__ void addBins(const DevicePooling& pooling, const Patch& patch, std::int64_t binRow,
                        const PatchSums& sums) {
    const std::int64_t stride = pooling.overviewStride, end = patch.firstColumn + patch.columns;
    const std::int64_t firstBin = patch.firstColumn / stride, lastBin = (end - 1) / stride;
    for (std::int64_t bin = firstBin + threadIdx.x; bin <= lastBin; bin += columnsPerBlock) {
        const auto from = static_cast<int>(max(std::int64_t{0}, bin * stride - patch.firstColumn));
        const auto to = static_cast<int>(min(end, (bin + 1) * stride) - patch.firstColumn);
        float total = 0, most = 0;
        for (int column = from; column < to; ++column) {
            total += sums.binSum[column];
            most = fmaxf(most, sums.binMost[column]);
        }
        const std::int64_t at = binRow * pooling.overviewSide + bin;
        atomicAdd(&pooling.overviewSum[at], total);
        atomicMax(reinterpret_cast<int*>(&pooling.overviewMax[at]), __float_as_int(most));
    }
}

/// A thread walks down one column and answers with its sum. The diagonals meet in shared memory,
/// where at each row neighbouring threads own neighbouring diagonals and none is shared.
__device__ float walk(const DevicePooling& pooling, const DeviceBlock& block, const Patch& patch,
                      PatchSums& sums) {
    const auto lane = static_cast<int>(threadIdx.x);
    const std::int64_t stride = pooling.overviewStride;
    float whole = 0, sum = 0, most = 0;
    std::int64_t binRow = patch.firstQuery / stride, binEnd = (binRow + 1) * stride;
    for (std::int64_t query = patch.firstQuery; query < patch.lastQuery; ++query) {
        // What is asked here and below is the same for the whole block.
        if (counts(pooling, query) && lane < patch.columns) {
            const float weight =
                block.weights[(query - block.firstRow) * block.stride + patch.firstColumn + lane];
            sum += weight;
            most = fmaxf(most, weight);
            // j - i grows with the thread and falls with the row.
            sums.diagonals[lane + static_cast<int>(patch.lastQuery - 1 - query)] += weight;
        }
        const bool binEnds = query + 1 == binEnd || query + 1 == patch.lastQuery;
        if (binEnds) {
            sums.binSum[lane] = sum;
            sums.binMost[lane] = most;
            whole += sum;
            sum = most = 0;
        }
        __syncthreads(); // the next row's thread on this diagonal is another one
        if (!binEnds || !pooling.overviewSum) continue;
        addBins(pooling, patch, binRow, sums);
        ++binRow;
        binEnd += stride;
        __syncthreads();
    }
    return whole;
}

__device__ void addDiagonals(const DevicePooling& pooling, const DeviceBlock& block,
                             const Patch& patch, const PatchSums& sums) {
    const auto count = static_cast<int>(patch.columns + (patch.lastQuery - patch.firstQuery) - 1);
    const std::int64_t lowest = patch.firstColumn - (patch.lastQuery - 1) + block.columns - 1;
    for (int at = static_cast<int>(threadIdx.x); at < count; at += columnsPerBlock)
        if (sums.diagonals[at] != 0)
            atomicAdd(&pooling.distance[lowest + at], static_cast<double>(sums.diagonals[at]));
}

__global__ void __launch_bounds__(columnsPerBlock)
    poolingKernel(DevicePooling pooling, DeviceBlock block) {
    __shared__ PatchSums sums;
    const std::int64_t end = block.firstRow + block.rows;
    Patch patch{};
    patch.firstQuery = block.firstRow + static_cast<std::int64_t>(blockIdx.y) * rowsPerBlock;
    patch.lastQuery = min(end, patch.firstQuery + rowsPerBlock);
    patch.firstColumn = static_cast<std::int64_t>(blockIdx.x) * columnsPerBlock;
    patch.columns = static_cast<int>(
        min(static_cast<std::int64_t>(columnsPerBlock), block.columns - patch.firstColumn));
    for (int at = static_cast<int>(threadIdx.x); at < columnsPerBlock + rowsPerBlock;
         at += columnsPerBlock)
        sums.diagonals[at] = 0;
    __syncthreads();
    const float received = walk(pooling, block, patch, sums);
    if (!pooling.received) return;
    if (static_cast<int>(threadIdx.x) < patch.columns)
        atomicAdd(&pooling.received[patch.firstColumn + threadIdx.x],
                  static_cast<double>(received));
    addDiagonals(pooling, block, patch, sums);
}

} // namespace

int launchPooling(const DevicePooling& pooling, const DeviceBlock& block, CUstream_st* stream) {
    if (block.rows == 0 || block.columns == 0) return cudaSuccess;
    if (!block.weights) return cudaErrorInvalidValue;
    const std::int64_t parts = (block.rows + rowsPerBlock - 1) / rowsPerBlock;
    if (parts > 65535) return cudaErrorInvalidValue; // the grid's second side
    const dim3 blocks(
        static_cast<unsigned>((block.columns + columnsPerBlock - 1) / columnsPerBlock),
        static_cast<unsigned>(parts));
    return launchKernel(poolingKernel, blocks, columnsPerBlock, 0, stream, pooling, block);
}

} // namespace isentrope::cuda
