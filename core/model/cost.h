// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"

#include <cstdint>

namespace isentrope {

/// What is run, as far as it decides memory and time.
struct CostRequest {
    const ModelConfig& config;
    const RunOptions& options;
    std::int64_t length = 0;
    std::int64_t batch = 1;     ///< texts or plans in all
    std::int64_t group = 1;     ///< of these at once
    std::int64_t blockRows = 0; ///< of one text
    bool twoPieces = false;
    bool bfloatProducts = false;
    bool together = true; ///< short texts share a block
};

/// Counted from the shapes, not measured.
struct Cost {
    std::uint64_t workBytes = 0;   ///< at the peak, beside the weights and what is kept
    std::uint64_t traceBytes = 0;  ///< kept in the engine
    std::uint64_t resultBytes = 0; ///< handed out: statistics, overviews, logits
    double operations = 0;         ///< floating-point operations in products
    double pairs = 0;              ///< cells of attention maps that the fused pass goes over
};
[[nodiscard]] Cost costOf(const CostRequest& request);

/// Texts of a length that are run at once: enough for full speed, no more memory than needed.
[[nodiscard]] std::int64_t groupSize(std::int64_t length, std::int64_t batch);

} // namespace isentrope
