// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"

#include <vector>

namespace isentrope::cli {

/// Largest differences of two runs of the same text.
struct Errors {
    double logSumExp = 0; ///< per 10, as a logit of that size is right to fp32's last place
    double entropy = 0;
    double mass = 0;
    double weight = 0;
    double logits = 0; ///< per 10
    double limit = 0;  ///< of the largest of them

    [[nodiscard]] double largest() const;
};

/// A run with its exact maps, one a layer.
struct Sample {
    ForwardResult result;
    std::vector<std::vector<float>> maps;
};

[[nodiscard]] Expected<Sample> runSample(Model& model, const std::vector<std::int32_t>& ids,
                                         const std::vector<std::uint8_t>& open, const Plan& plan,
                                         Precision precision);

[[nodiscard]] Errors compareRuns(const Sample& a, const Sample& b, double limit);

/// The row statistics of the fused pass against the same computed in double from the tiles of the
/// map: two ways to the same numbers.
[[nodiscard]] Errors compareTilesWithPass(const Sample& sample, double limit);

} // namespace isentrope::cli
