// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/cuda/kernels.h"

namespace isentrope::cuda {

inline constexpr float log2OfE = 1.4426950408889634f;
inline constexpr float lnOf2 = 0.6931471805599453f;

/// What is the same for a whole row.
struct RowFrame {
    std::int64_t query;   ///< i inside its text
    std::int64_t keyBase; ///< where the text's columns begin in openKey
    float scale;          ///< factor * rowFactor[i] * log2(e)
};

__device__ inline RowFrame rowFrame(const DevicePlan& plan, std::int64_t globalRow) {
    const std::int64_t text = globalRow / plan.length;
    const std::int64_t query = globalRow - text * plan.length;
    const float row = plan.rowFactor ? plan.rowFactor[query] : 1.0f;
    return {query, text * plan.length, plan.factor * row * log2OfE};
}

__device__ inline bool isOpen(const DevicePlan& plan, const RowFrame& row, std::int64_t key) {
    if (plan.openKey && plan.openKey[row.keyBase + key] == 0) return false;
    if (plan.window < 0 || row.query < plan.sinks || key < plan.sinks) return true;
    const std::int64_t distance = row.query > key ? row.query - key : key - row.query;
    return distance <= plan.window;
}

/// x * log2(e), or -infinity where the pair is closed. t = |i - j| runs along the row, so the
/// tables are read coalesced.
__device__ inline float logit2(const DevicePlan& plan, const RowFrame& row, std::int64_t key,
                               float similarity) {
    if (!isOpen(plan, row, key)) return -INFINITY;
    const std::int64_t distance = row.query > key ? row.query - key : key - row.query;
    float value = similarity * row.scale;
    if (plan.distanceFactor) value *= plan.distanceFactor[distance];
    if (plan.distanceBias) value += plan.distanceBias[distance] * log2OfE;
    return value;
}

} // namespace isentrope::cuda
