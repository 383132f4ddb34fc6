// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model_context.h"

#include "core/model/calibration.h"

#include <algorithm>

namespace isentrope {
namespace {

constexpr double shareOfFreeMemory = 0.8;
/// Products of doubles take twice the time of floats.
constexpr double doubleCost = 2;

} // namespace

bool usesBfloat(const ModelContext& model, const RunOptions& options) {
    return options.precision == Precision::Fast && model.kernels->fastProducts();
}

std::int64_t chosenBlockRows(const ModelContext& model, const RunOptions& options,
                             std::int64_t length) {
    const std::int64_t rows =
        options.blockRows > 0 ? options.blockRows : model.kernels->blockRows(length);
    return std::clamp<std::int64_t>(rows, 1, std::max<std::int64_t>(length, 1));
}

Cost runCost(const ModelContext& model, std::int64_t length, std::int64_t batch,
             const RunOptions& options, bool twoPieces) {
    CostRequest request{model.config, options};
    request.length = length;
    request.batch = batch;
    request.group = groupSize(length, batch);
    request.blockRows = chosenBlockRows(model, options, length);
    request.twoPieces = twoPieces;
    request.bfloatProducts = usesBfloat(model, options);
    request.together = model.kernels->concurrentTexts();
    return costOf(request);
}

Estimate estimateRun(const ModelContext& model, std::int64_t length, std::int64_t batch,
                     const RunOptions& options, bool twoPieces, bool timed) {
    const Cost cost = runCost(model, length, batch, options, twoPieces);
    const std::uint64_t more = cost.workBytes + cost.traceBytes + cost.resultBytes;
    Estimate estimate;
    estimate.bytes = model.weightBytes + more;
    estimate.traceBytes = cost.traceBytes;
    estimate.blockRows = chosenBlockRows(model, options, length);
    estimate.freeBytes = model.kernels->memory().freeBytes;
    estimate.fits =
        static_cast<double>(more) <= shareOfFreeMemory * static_cast<double>(estimate.freeBytes);
    if (!timed) return estimate;
    const Speed speed = measuredSpeed(*model.kernels, model.device, model.threads);
    const double products = cost.operations / speed.operationsPerSecond;
    const double passes = cost.pairs / speed.pairsPerSecond;
    estimate.seconds =
        (products + passes) * (options.precision == Precision::Double ? doubleCost : 1);
    return estimate;
}

} // namespace isentrope
