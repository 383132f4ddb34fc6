// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/cost.h"

#include "core/model/block_buffers.h"
#include "core/model/plan_tables.h"
#include "core/model/row_chunks.h"

#include <algorithm>

namespace isentrope {
namespace {

/// Rows of all texts of a group together.
constexpr std::int64_t rowsOfGroup = 8192;

std::uint64_t count(std::int64_t value) {
    return static_cast<std::uint64_t>(value);
}

std::int64_t keptLayers(const CostRequest& request) {
    return request.options.layers.empty()
               ? request.config.layers
               : static_cast<std::int64_t>(request.options.layers.size());
}

template <class Real>
std::uint64_t workBytes(const CostRequest& request) {
    const ModelConfig& config = request.config;
    const std::int64_t n = request.length, rows = n * request.group;
    const std::int64_t e = config.intermediate, d = config.keySize;
    const auto chunks = rowChunks(request.group, n, request.blockRows, request.together);
    const std::int64_t chunkRows = largestChunk(chunks);
    // h, its successor where plans share it, v with z, z without gaps, keys (near and far).
    const std::int64_t wide = rows * (config.hidden * (request.group > 1 ? 2 : 1) + e + 2 * d);
    const std::int64_t keyRows = rows * d * (request.twoPieces ? 2 : 1);
    // Gate, product and output of one chunk.
    const std::int64_t chunkWork = chunkRows * (e + 2 * config.hidden);
    std::uint64_t bytes = count(wide + keyRows + chunkWork) * sizeof(Real);
    bytes += BlockBuffers<Real>::bytes(chunkRows, n, e, request.bfloatProducts);
    bytes += PlanTables<Real>::bytes(n, d, request.twoPieces);
    if (request.bfloatProducts) bytes += count(rows * e) * 2;
    return bytes;
}

std::uint64_t overviewBytes(const StatisticsOptions& statistics, std::int64_t n) {
    if (!statistics.overview) return 0;
    const std::int64_t side = std::min(n, std::max<std::int64_t>(1, statistics.overviewSide));
    return count(side * side) * 2 * sizeof(float);
}

/// Statistics of one layer of one text.
std::uint64_t layerResultBytes(const StatisticsOptions& statistics, std::int64_t n) {
    const auto tables = 2 * count(rangeCount(n)) + statistics.spans.size();
    std::uint64_t bytes = count(n) * ((6 + tables) * sizeof(float) + sizeof(std::int64_t));
    if (statistics.profiles) bytes += 3 * count(n) * sizeof(double);
    return bytes + overviewBytes(statistics, n);
}

std::uint64_t outputBytes(const CostRequest& request) {
    const RunOptions& options = request.options;
    if (options.topPredictions > 0) return 0;
    const auto rows = options.allLogits ? count(request.length) : options.logitRows.size();
    return rows * count(request.config.vocabulary) * sizeof(float);
}

} // namespace

std::int64_t groupSize(std::int64_t length, std::int64_t batch) {
    return std::clamp<std::int64_t>(rowsOfGroup / std::max<std::int64_t>(length, 1), 1,
                                    std::max<std::int64_t>(batch, 1));
}

Cost costOf(const CostRequest& request) {
    const ModelConfig& config = request.config;
    const bool isDouble = request.options.precision == Precision::Double;
    const std::uint64_t real = isDouble ? sizeof(double) : sizeof(float);
    const auto batch = static_cast<double>(request.batch), n = static_cast<double>(request.length);
    const auto layers = static_cast<double>(config.layers),
               hidden = static_cast<double>(config.hidden);
    const auto e = static_cast<double>(config.intermediate),
               d = static_cast<double>(config.keySize);

    Cost cost;
    cost.workBytes = isDouble ? workBytes<double>(request) : workBytes<float>(request);
    // A pass holds an overview of its own while it runs, one for each text of the group.
    cost.workBytes +=
        2 * count(request.group) * layerResultBytes(request.options.statistics, request.length);
    const std::uint64_t kept = count(keptLayers(request) * request.batch);
    if (request.options.keepTrace)
        cost.traceBytes = kept * count(request.length * (config.keySize + 2)) * real;
    cost.resultBytes = kept * layerResultBytes(request.options.statistics, request.length) +
                       count(request.batch) * outputBytes(request);
    cost.pairs = batch * layers * n * n;
    cost.operations = batch * layers * n * (2 * hidden * (3 * e + d) + 2 * n * (d + e));
    const double outputRows =
        request.options.allLogits ? n : static_cast<double>(request.options.logitRows.size());
    cost.operations += batch * outputRows * 2 * hidden * static_cast<double>(config.vocabulary);
    return cost;
}

} // namespace isentrope
