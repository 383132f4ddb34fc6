// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

struct CUstream_st; // cudaStream_t without the toolkit's headers

/// The fused pass on the GPU. Plain pointers in device memory; no LibTorch here, so that nvcc
/// compiles these files alone. Every launch is asynchronous on `stream` and returns the CUDA error
/// code of the launch (0: none).
namespace isentrope::cuda {

inline constexpr int mostRanges = 7; ///< [1,10) … [10^6, 10^7)
inline constexpr int mostSpans = 8;

/// A RowPlan<float> in device memory. Logits are handled in base 2: x2 = x * log2(e).
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

/// One value per row of the layer, indexed by query; null where it is not wanted.
struct DeviceStatistics {
    float* logSumExp = nullptr;
    float* entropy = nullptr;
    float* maxWeight = nullptr;
    std::int64_t* maxColumn = nullptr;
    float* nearMass = nullptr;
    float* sinkMass = nullptr;
    float* meanDistance = nullptr;
    float* rangeMass = nullptr;    ///< n x ranges
    float* rangeEntropy = nullptr; ///< n x ranges
    float* spanMass = nullptr;     ///< n x spans
    float* rowScale = nullptr;     ///< adaptive beta
    int ranges = 1;
    int spans = 0;
    std::int64_t near = 100;
    std::int64_t sinks = 4;
    std::int64_t spanBegin[mostSpans] = {};
    std::int64_t spanEnd[mostSpans] = {};
};

/// A block of rows of one map, or of many short texts: row r of the buffer is query
/// (firstRow + r) % rowsPerText of text (firstRow + r) / rowsPerText. Statistics, openKey and
/// rowScale are indexed by firstRow + r over all texts (openKey: text * n + column).
struct DeviceBlock {
    const float* similarity = nullptr; ///< rows x stride: z
    std::int64_t stride = 0;
    std::int64_t firstRow = 0;
    std::int64_t rows = 0;
    std::int64_t columns = 0;    ///< n
    float* weights = nullptr;    ///< rows x stride, fp32, may be `similarity`; or null
    void* weightsBf16 = nullptr; ///< rows x stride, bfloat16; or null
};

/// Factor, bias, mask, softmax and every row statistic in one pass over each row.
[[nodiscard]] int launchRowPass(const DevicePlan& plan, const DeviceStatistics& statistics,
                                const DeviceBlock& block, CUstream_st* stream);

/// Sums of a block of weights that run down columns and diagonals, for one text.
struct DevicePooling {
    std::int64_t overviewStride = 1;
    std::int64_t overviewSide = 0;
    float* overviewSum = nullptr;          ///< side x side, zeroed before the first block
    float* overviewMax = nullptr;          ///< side x side, zeroed before the first block
    double* received = nullptr;            ///< n sums over rows, zeroed before the first block
    double* distance = nullptr;            ///< 2n - 1 sums over pairs, index i - j + n - 1
    const std::uint8_t* openRow = nullptr; ///< n, rows of padding are left out; or null
};

/// `block.firstRow` must be a multiple of the overview's stride.
[[nodiscard]] int launchPooling(const DevicePooling& pooling, const DeviceBlock& block,
                                CUstream_st* stream);

/// exp(x - lse) of a rectangle whose z stands in `values`; masked cells 0.
struct DeviceTile {
    float* values = nullptr;
    std::int64_t stride = 0;
    std::int64_t firstRow = 0, rows = 0;
    std::int64_t firstColumn = 0, columns = 0;
    const float* logSumExp = nullptr; ///< by query over all rows
    const float* rowScale = nullptr;  ///< likewise, or null
};
[[nodiscard]] int launchTile(const DevicePlan& plan, const DeviceTile& tile, CUstream_st* stream);

/// fp32-grade products from bf16 matrix units: with x = high + low in bfloat16, the product of
/// [qh | qh | ql] and [kh | kl | kh] along 3d is q.k to about 2^-16. `query` chooses the order.
[[nodiscard]] int launchSplit(const float* values, std::int64_t rows, int keySize, bool query,
                              void* bf16, CUstream_st* stream);

} // namespace isentrope::cuda
