// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"
#include "core/model/cost.h"
#include "core/model/kernels.h"

#include <memory>
#include <string>

namespace isentrope {

/// A model's fixed surroundings.
struct ModelContext {
    ModelConfig config;
    std::shared_ptr<const Kernels> kernels;
    std::string device;
    int threads = 1;
    std::uint64_t weightBytes = 0; ///< loaded, in all precisions in use
};

/// Whether products run in bfloat16: asked for, and faster here.
[[nodiscard]] bool usesBfloat(const ModelContext& model, const RunOptions& options);

/// Rows of a block for this length: as asked, or as the kernels like it.
[[nodiscard]] std::int64_t chosenBlockRows(const ModelContext& model, const RunOptions& options,
                                           std::int64_t length);

[[nodiscard]] Cost runCost(const ModelContext& model, std::int64_t length, std::int64_t batch,
                           const RunOptions& options, bool twoPieces);

/// What a run of `batch` texts (or plans) would take, with the memory that is free now. Without
/// `timed` the seconds stay 0 and nothing is measured.
[[nodiscard]] Estimate estimateRun(const ModelContext& model, std::int64_t length,
                                   std::int64_t batch, const RunOptions& options, bool twoPieces,
                                   bool timed);

} // namespace isentrope
