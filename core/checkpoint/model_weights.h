// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/checkpoint/model_tensors.h"

#include <string>
#include <vector>

namespace isentrope {

/// One layer in fp32, row-major as PyTorch stores it (out x in).
struct LayerWeights {
    std::vector<float> input;                                         ///< (2e + d) x D: u, v, z
    std::vector<float> output;                                        ///< D x e
    std::vector<float> queryScale;                                    ///< d: gamma_q
    std::vector<float> keyScale;                                      ///< d: gamma_k
    std::vector<float> inputBias, outputBias, queryOffset, keyOffset; ///< empty without use_bias
};

struct ModelWeights {
    std::vector<float> embedding; ///< vocabulary x D
    std::vector<float> tokenType; ///< tokenTypes x D; row 0 is added everywhere
    std::vector<LayerWeights> layers;
    std::vector<float> decoder;     ///< vocabulary x D, empty where tied to the embedding
    std::vector<float> decoderBias; ///< vocabulary, or empty
};

/// Reads every tensor of the model; `tied` leaves the decoder out. What the scan of the elements
/// finds is added to `warnings` where that is asked for.
[[nodiscard]] Expected<ModelWeights> readWeights(const TensorDirectory& directory,
                                                 const ModelTensors& tensors, bool tied,
                                                 std::vector<std::string>* warnings);

} // namespace isentrope
