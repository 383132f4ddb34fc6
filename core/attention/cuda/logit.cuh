// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/cuda/kernels.h"

namespace isentrope::cuda {

inline constexpr float log2OfE = 1.4426950408889634f;
inline constexpr double lnOf2 = 0.6931471805599453;

/// What is the same for a whole row. Places inside a row are ints: n is far below 2^31, and whole
/// numbers of 64 bits cost several instructions each.
struct RowFrame {
    int query;
    int window; ///< -1: none
    int sinks;
    float scale; ///< factor * rowFactor[i] * log2(e), and beta of an adaptive plan
    const std::uint8_t* openKey;
    const float* distanceFactor;
    const float* distanceBias;
};

__device__ inline int narrowed(std::int64_t value, std::int64_t most) {
    return static_cast<int>(value < most ? value : most);
}

__device__ inline RowFrame rowFrame(const DevicePlan& plan, std::int64_t query) {
    const float row = plan.rowFactor ? plan.rowFactor[query] : 1.0f;
    return {static_cast<int>(query),
            narrowed(plan.window, plan.length),
            narrowed(plan.sinks, plan.length),
            plan.factor * row * log2OfE,
            plan.openKey,
            plan.distanceFactor,
            plan.distanceBias};
}

/// The final logit times log2(e), or -infinity where the pair is closed. t = |i - j| runs along the
/// row, so the tables are read coalesced.
__device__ inline float logit2(const RowFrame& row, int key, float similarity) {
    const int distance = abs(row.query - key);
    const bool masked =
        row.window >= 0 && distance > row.window && row.query >= row.sinks && key >= row.sinks;
    if (masked || (row.openKey && row.openKey[key] == 0)) return -INFINITY;
    float value = similarity * row.scale;
    if (row.distanceFactor) value *= row.distanceFactor[distance];
    if (row.distanceBias) value = fmaf(row.distanceBias[distance], log2OfE, value);
    return value;
}

} // namespace isentrope::cuda
