// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/checkpoint.h"
#include "tests/core/attention/reference_attention.h"

#include <vector>

/// GAU-alpha in double precision, straight from its formulas: loops over rows and columns.
namespace isentrope::reference {

struct Forward {
    std::vector<Matrix> z;             ///< per layer, n x d
    std::vector<Attention> attentions; ///< per layer
    Matrix logits;                     ///< n x vocabulary
};

[[nodiscard]] Forward forward(const ModelConfig& config, const ModelWeights& weights,
                              const std::vector<std::int32_t>& ids,
                              const std::vector<std::uint8_t>& openKey, const Plan& plan,
                              const StatisticsOptions& options);

/// Attention of one layer from its z under any plan.
[[nodiscard]] Attention attentionOf(const LayerWeights& layer, const Matrix& z,
                                    const std::vector<std::uint8_t>& openKey, const Plan& plan,
                                    const StatisticsOptions& options);

} // namespace isentrope::reference
