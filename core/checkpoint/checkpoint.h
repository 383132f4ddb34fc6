// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/checkpoint/location.h"
#include "core/checkpoint/model_config.h"
#include "core/checkpoint/model_weights.h"
#include "core/checkpoint/tensor_directory.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace isentrope {

class Catalogue;

/// An opened checkpoint: config, vocabulary's place, and the checked directory of its tensors.
/// Opening reads headers only; weights and the sha256 are read when asked for.
class Checkpoint {
public:
    /// `source`: a folder, a weights or config file inside it, `demo:NAME`, or a name in the
    /// Hugging Face cache, optionally with `@revision`.
    [[nodiscard]] static Expected<Checkpoint>
    open(const std::string& source, const Catalogue& catalogue,
         const CheckpointPlaces& places = CheckpointPlaces::standard());

    [[nodiscard]] const std::string& source() const;
    [[nodiscard]] const std::filesystem::path& folder() const;
    [[nodiscard]] const ModelConfig& config() const;
    [[nodiscard]] const TensorDirectory& tensors() const;
    /// vocab.txt, or an empty path where the folder has none (ids still work).
    [[nodiscard]] const std::filesystem::path& vocabularyFile() const;
    [[nodiscard]] std::int64_t parameters() const; ///< elements, shared ones counted once
    /// The decoder is absent, shares the embedding's storage, or equals it; for the last the two
    /// are compared on first call.
    [[nodiscard]] bool tied() const;
    [[nodiscard]] const std::vector<std::string>& ignored() const; ///< tensors that are not ours
    [[nodiscard]] const std::vector<std::string>& warnings() const;

    /// Of the weights file; of a sharded one, of the shards' bytes in the order of their names.
    /// Computed once, on first call; safe to call from several threads.
    [[nodiscard]] Expected<std::string> sha256() const;
    /// What sha256() should be: in the Hugging Face cache the name of the file that a link leads
    /// to. Nothing where nobody says so.
    [[nodiscard]] std::optional<std::string> expectedSha256() const;
    /// Not-finite elements per tensor are reported as warnings, never hidden.
    [[nodiscard]] Expected<ModelWeights>
    weights(std::vector<std::string>* warnings = nullptr) const;
    /// The warnings of weights() alone, with one tensor in memory at a time.
    [[nodiscard]] Expected<std::vector<std::string>> oddWeights() const;

private:
    struct State;
    explicit Checkpoint(std::shared_ptr<const State> state);

    std::shared_ptr<const State> m_state;
};

} // namespace isentrope
