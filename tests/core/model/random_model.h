// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"
#include "tests/core/checkpoint/model_folder.h"

#include <memory>
#include <string>
#include <vector>

namespace isentrope::test {

struct RandomSizes {
    std::int64_t layers = 2, hidden = 20, intermediate = 28, keySize = 8, vocabulary = 40;
    std::int64_t trainLength = 16;
    bool bias = false;
    float gamma = 2; ///< spread of the scales of q and k: how sharp the attention is
};

/// A checkpoint of seeded random weights, opened, and loaded on the CPU engine.
class RandomModel {
public:
    explicit RandomModel(const RandomSizes& sizes = {}, unsigned seed = 1,
                         Precision precision = Precision::Exact);

    [[nodiscard]] const ModelConfig& config() const { return m_checkpoint->config(); }
    [[nodiscard]] const ModelWeights& weights() const { return m_weights; }
    [[nodiscard]] Model& model() const { return *m_model; }
    [[nodiscard]] Plan plan(const std::string& scheme, std::int64_t length,
                            std::int64_t tokens = 0) const;
    [[nodiscard]] std::vector<std::int32_t> ids(std::int64_t length, unsigned seed = 7) const;

private:
    ModelFolder m_folder;
    std::unique_ptr<Checkpoint> m_checkpoint;
    ModelWeights m_weights;
    std::unique_ptr<Model> m_model;
};

/// What `expected` holds; ends the test program with the message where it holds none.
template <class T>
T need(Expected<T> expected) {
    if (!expected) qFatal("%s", expected.error().message.c_str());
    return std::move(*expected);
}

[[nodiscard]] Engine& cpuEngine();

[[nodiscard]] Plan planFor(const ModelConfig& config, const std::string& scheme,
                           std::int64_t length, std::int64_t tokens);

/// The whole map of one layer, n x n.
[[nodiscard]] std::vector<float> wholeMap(Model& model, std::uint64_t trace, int layer,
                                          std::int64_t length, const Plan* whatIf = nullptr,
                                          const std::vector<std::uint8_t>& hidden = {});

} // namespace isentrope::test
