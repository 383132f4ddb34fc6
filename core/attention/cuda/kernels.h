// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

struct CUstream_st; // cudaStream_t without the toolkit's headers

/// The fused pass on the GPU. Plain pointers in device memory; no LibTorch here, so that nvcc
/// compiles these files alone. Every launch is asynchronous on `stream`, on the current device, and
/// returns the CUDA error code of the launch (0: none).
namespace isentrope::cuda {

inline constexpr int mostRanges = 7; ///< [1,10) … [10^6, 10^7)

/// A RowPlan<float> in device memory.
struct DevicePlan {
    std::int64_t length = 0;
    float factor = 1;
    const float* rowFactor = nullptr;      ///< length, or null
    const float* distanceFactor = nullptr; ///< length over t = |i - j|, or null
    const float* distanceBias = nullptr;   ///< length over t, or null
    std::int64_t window = -1;
    std::int64_t sinks = 0;
    const std::uint8_t* openKey = nullptr; ///< length, or null: all open
    const float* adaptive = nullptr;       ///< polynomial in H, highest power first, or null
    int adaptiveTerms = 0;
    float adaptiveThreshold = 0;
};

/// One value per row of the layer, indexed by query. A row without statistics (padding, closed, or
/// not finite) keeps a NaN everywhere but in logSumExp and rowScale, and the column -1.
struct DeviceStatistics {
    float* logSumExp = nullptr; ///< infinity where every key is closed
    float* entropy = nullptr;
    float* maxWeight = nullptr;
    std::int64_t* maxColumn = nullptr;
    float* nearMass = nullptr;
    float* sinkMass = nullptr;
    float* meanDistance = nullptr;
    float* rangeMass = nullptr;           ///< n x ranges
    float* rangeEntropy = nullptr;        ///< n x ranges
    float* spanMass = nullptr;            ///< n x spans
    float* rowScale = nullptr;            ///< adaptive beta, or null
    const std::int64_t* bounds = nullptr; ///< begin and end of each span
    int ranges = 1;
    int spans = 0;
    std::int64_t near = 100;
    std::int64_t sinks = 4;
};

/// A block of rows of one map: row r of the buffers is query firstRow + r.
struct DeviceBlock {
    const float* similarity = nullptr; ///< rows x stride: z
    std::int64_t stride = 0;
    std::int64_t firstRow = 0;
    std::int64_t rows = 0;
    std::int64_t columns = 0;    ///< n
    float* weights = nullptr;    ///< rows x stride, fp32, may be `similarity`; or null
    void* weightsBf16 = nullptr; ///< rows x columns without gaps, bfloat16; or null
};

/// Factor, bias, mask, softmax and every row statistic in one pass over each row.
[[nodiscard]] int launchRowPass(const DevicePlan& plan, const DeviceStatistics& statistics,
                                const DeviceBlock& block, CUstream_st* stream);

/// Sums of a block of weights that run down columns and diagonals. All are zero before the first
/// block; null: not gathered.
struct DevicePooling {
    std::int64_t overviewStride = 1;
    std::int64_t overviewSide = 0;
    float* overviewSum = nullptr;          ///< side x side
    float* overviewMax = nullptr;          ///< side x side
    double* received = nullptr;            ///< n sums over rows
    double* distance = nullptr;            ///< 2n - 1 sums over pairs, index (j - i) + (n - 1)
    const std::uint8_t* openRow = nullptr; ///< n, rows of padding are left out; or null
    const float* logSumExp = nullptr;      ///< of the row pass: rows that are not finite are too
};

/// `block.weights` as the row pass left them.
[[nodiscard]] int launchPooling(const DevicePooling& pooling, const DeviceBlock& block,
                                CUstream_st* stream);

/// exp(x - lse) of a rectangle whose z stands in `values`; masked cells 0.
struct DeviceTile {
    float* values = nullptr;
    std::int64_t stride = 0;
    std::int64_t firstRow = 0, rows = 0;
    std::int64_t firstColumn = 0, columns = 0;
    const float* logSumExp = nullptr; ///< of the tile's rows
    const float* rowScale = nullptr;  ///< likewise, or null
};
[[nodiscard]] int launchTile(const DevicePlan& plan, const DeviceTile& tile, CUstream_st* stream);

/// fp32-grade products from bf16 matrix units: with x = high + low in bfloat16, the product of
/// [qh | qh | ql] and [kh | kl | kh] along 3d is q.k to about 2^-16. `query` chooses the order.
/// `values` has no gaps; `bf16` is rows x 3d.
[[nodiscard]] int launchSplit(const float* values, std::int64_t rows, int keySize, bool query,
                              void* bf16, CUstream_st* stream);

/// Whether the current device can run these kernels: 0, or the error of asking for one.
[[nodiscard]] int kernelsUsable();

} // namespace isentrope::cuda
