// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/model_config.h"
#include "core/checkpoint/tensor_directory.h"

#include <string>
#include <vector>

namespace isentrope {

/// The tensors of one layer; the biases are null without use_bias.
struct LayerTensors {
    const TensorEntry* input = nullptr;
    const TensorEntry* output = nullptr;
    const TensorEntry* queryScale = nullptr;
    const TensorEntry* keyScale = nullptr;
    const TensorEntry* inputBias = nullptr;
    const TensorEntry* outputBias = nullptr;
    const TensorEntry* queryOffset = nullptr;
    const TensorEntry* keyOffset = nullptr;
};

/// Which tensor of a directory plays which part. Points into the directory.
struct ModelTensors {
    const TensorEntry* embedding = nullptr;
    const TensorEntry* tokenType = nullptr;
    std::vector<LayerTensors> layers;
    const TensorEntry* decoder = nullptr;     ///< null: tied to the embedding
    const TensorEntry* decoderBias = nullptr; ///< null: none
    std::vector<std::string> ignored;         ///< tensors that no part of the model reads
    std::vector<std::string> warnings;

    /// Every tensor that the model reads, the decoder last.
    [[nodiscard]] std::vector<const TensorEntry*> all() const;
};

/// Finds the parts under whatever prefix the names carry (`gau_alpha.`, none, `module.gau_alpha.`)
/// and checks every shape against the configuration.
[[nodiscard]] Expected<ModelTensors> matchTensors(const TensorDirectory& directory,
                                                  const ModelConfig& config);

} // namespace isentrope
