// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/cuda/kernels.h"

#include <cuda_runtime.h>

namespace isentrope::cuda {
namespace {

constexpr int columnsPerBlock = 256;

__device__ inline bool counts(const DevicePooling& pooling, std::int64_t row) {
    return !pooling.openRow || pooling.openRow[row] != 0;
}

/// One block pools one row of overview bins over 256 columns: a thread walks down one column, so
/// the column's sum stays in a register; the diagonals meet in shared memory, where at each row
/// neighbouring threads own neighbouring diagonals and none is shared.
__global__ void poolingKernel(DevicePooling pooling, DeviceBlock block) {
    extern __shared__ float diagonals[]; // overviewStride + 255, diagonal (j - i) from the lowest
    __shared__ float binSum[columnsPerBlock];
    __shared__ float binMax[columnsPerBlock];
    const std::int64_t stride = pooling.overviewStride;
    const std::int64_t rowBegin = static_cast<std::int64_t>(blockIdx.y) * stride;
    const std::int64_t rowEnd = rowBegin + stride < block.rows ? rowBegin + stride : block.rows;
    const std::int64_t columnBegin = static_cast<std::int64_t>(blockIdx.x) * columnsPerBlock;
    const std::int64_t column = columnBegin + threadIdx.x;
    const bool inside = column < block.columns;
    const std::int64_t diagonalCount = stride + columnsPerBlock - 1;
    for (std::int64_t at = threadIdx.x; at < diagonalCount; at += columnsPerBlock)
        diagonals[at] = 0;
    __syncthreads();

    float sum = 0, most = 0;
    for (std::int64_t row = rowBegin; row < rowEnd; ++row) {
        if (!counts(pooling, block.firstRow + row)) continue; // the same for the whole block
        const float weight = inside ? block.weights[row * block.stride + column] : 0.0f;
        sum += weight;
        most = fmaxf(most, weight);
        // j - i grows with the thread and falls with the row: offset by the block's last row.
        diagonals[static_cast<std::int64_t>(threadIdx.x) + (rowBegin + stride - 1 - row)] += weight;
        __syncthreads();
    }
    if (inside) atomicAdd(&pooling.received[column], static_cast<double>(sum));

    const std::int64_t firstQuery = block.firstRow + rowBegin;
    const std::int64_t lowest = columnBegin - (firstQuery + stride - 1); // j - i of diagonals[0]
    for (std::int64_t at = threadIdx.x; at < diagonalCount; at += columnsPerBlock) {
        const std::int64_t index = -(lowest + at) + block.columns - 1; // i - j + n - 1
        if (index >= 0 && index < 2 * block.columns - 1 && diagonals[at] != 0)
            atomicAdd(&pooling.distance[index], static_cast<double>(diagonals[at]));
    }

    binSum[threadIdx.x] = sum;
    binMax[threadIdx.x] = most;
    __syncthreads();
    const std::int64_t binRow = firstQuery / stride;
    const std::int64_t firstBin = columnBegin / stride;
    const std::int64_t lastColumn = columnBegin + columnsPerBlock < block.columns
                                        ? columnBegin + columnsPerBlock
                                        : block.columns;
    const std::int64_t lastBin = (lastColumn - 1) / stride;
    for (std::int64_t bin = firstBin + threadIdx.x; bin <= lastBin; bin += columnsPerBlock) {
        const std::int64_t begin = bin * stride > columnBegin ? bin * stride : columnBegin;
        const std::int64_t end = (bin + 1) * stride < lastColumn ? (bin + 1) * stride : lastColumn;
        float total = 0, largest = 0;
        for (std::int64_t j = begin; j < end; ++j) {
            total += binSum[j - columnBegin];
            largest = fmaxf(largest, binMax[j - columnBegin]);
        }
        // A bin wider than a block's columns is shared by neighbours; weights are never negative,
        // so their bit patterns order as integers.
        const std::int64_t at = binRow * pooling.overviewSide + bin;
        atomicAdd(&pooling.overviewSum[at], total);
        atomicMax(reinterpret_cast<int*>(&pooling.overviewMax[at]), __float_as_int(largest));
    }
}

} // namespace

int launchPooling(const DevicePooling& pooling, const DeviceBlock& block, CUstream_st* stream) {
    if (block.rows == 0 || block.columns == 0) return cudaSuccess;
    if (!block.weights || block.firstRow % pooling.overviewStride != 0)
        return cudaErrorInvalidValue;
    const std::int64_t stride = pooling.overviewStride;
    const dim3 blocks(
        static_cast<unsigned>((block.columns + columnsPerBlock - 1) / columnsPerBlock),
        static_cast<unsigned>((block.rows + stride - 1) / stride));
    const auto shared = static_cast<std::size_t>(stride + columnsPerBlock - 1) * sizeof(float);
    poolingKernel<<<blocks, columnsPerBlock, shared, stream>>>(pooling, block);
    return cudaGetLastError();
}

} // namespace isentrope::cuda
