// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/checkpoint/tensor_directory.h"
#include "core/scheme/plan.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

class Catalogue;

/// The sizes of a GAU-alpha model and what it was trained with, from config.json.
struct ModelConfig {
    std::int64_t layers = 24;
    std::int64_t hidden = 768;        ///< D
    std::int64_t intermediate = 1536; ///< e: size of u and v
    std::int64_t keySize = 128;       ///< d: size of z
    std::int64_t vocabulary = 12000;
    std::int64_t tokenTypes = 2;
    std::int64_t trainLength = 512; ///< L0
    std::int64_t padId = 0;
    double normEpsilon = 1e-12;
    bool useBias = false;
    Similarity similarity;             ///< trained with
    std::string scheme;                ///< trained with, canonical notation, similarity included
    std::string task;                  ///< the needle task its card names, or empty
    std::vector<std::string> assumed;  ///< fields that were missing and took the default
    std::vector<std::string> warnings; ///< odd, but not in the way
};

/// Reads config.json of the original port and of the InfoScale repository's models.
[[nodiscard]] Expected<ModelConfig> readModelConfig(const std::filesystem::path& file,
                                                    const Catalogue& catalogue);

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

/// An opened checkpoint: config, vocabulary's place, and the checked directory of its tensors.
/// Opening reads headers only; weights and the sha256 are read when asked for.
class Checkpoint {
public:
    /// `source`: a folder, a weights or config file inside it, `demo:NAME`, or a name in the
    /// Hugging Face cache, optionally with `@revision`.
    [[nodiscard]] static Expected<Checkpoint> open(const std::string& source,
                                                   const Catalogue& catalogue);

    [[nodiscard]] const std::string& source() const;
    [[nodiscard]] const std::filesystem::path& folder() const;
    [[nodiscard]] const ModelConfig& config() const;
    [[nodiscard]] const TensorDirectory& tensors() const;
    /// vocab.txt, or an empty path where the folder has none (ids still work).
    [[nodiscard]] const std::filesystem::path& vocabularyFile() const;
    [[nodiscard]] std::int64_t parameters() const; ///< elements, shared ones counted once
    [[nodiscard]] bool tied() const;
    [[nodiscard]] const std::vector<std::string>& ignored() const; ///< tensors that are not ours
    [[nodiscard]] const std::vector<std::string>& warnings() const;

    /// Of the weights file; of a sharded one, of the shards' bytes in the order of their names.
    /// Computed once, on first call; safe to call from several threads.
    [[nodiscard]] Expected<std::string> sha256() const;
    /// Not-finite elements per tensor are reported as warnings, never hidden.
    [[nodiscard]] Expected<ModelWeights>
    weights(std::vector<std::string>* warnings = nullptr) const;

private:
    struct State;
    std::shared_ptr<const State> m_state;
};

} // namespace isentrope
