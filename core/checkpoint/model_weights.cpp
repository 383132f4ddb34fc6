// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/model_weights.h"

#include "core/checkpoint/weight_scan.h"

namespace isentrope {
namespace {

/// Reads one tensor after the other until the first error, which it keeps.
class Reader {
public:
    Reader(const TensorDirectory& directory, std::vector<std::string>* warnings)
        : m_directory(directory)
        , m_warnings(warnings) {}

    /// Empty for a tensor that the model does not have, and after an error.
    [[nodiscard]] std::vector<float> read(const TensorEntry* entry) {
        if (!entry || !m_result) return {};
        auto values = readFloats(m_directory, *entry);
        if (!values) {
            m_result = tl::unexpected(values.error());
            return {};
        }
        if (m_warnings)
            if (auto odd = describeOddValues(*entry, scanValues(*values)))
                m_warnings->push_back(*odd);
        return std::move(*values);
    }

    [[nodiscard]] const Expected<void>& result() const { return m_result; }

private:
    const TensorDirectory& m_directory;
    std::vector<std::string>* m_warnings;
    Expected<void> m_result;
};

LayerWeights readLayer(Reader& reader, const LayerTensors& layer) {
    LayerWeights weights;
    weights.input = reader.read(layer.input);
    weights.output = reader.read(layer.output);
    weights.queryScale = reader.read(layer.queryScale);
    weights.keyScale = reader.read(layer.keyScale);
    weights.inputBias = reader.read(layer.inputBias);
    weights.outputBias = reader.read(layer.outputBias);
    weights.queryOffset = reader.read(layer.queryOffset);
    weights.keyOffset = reader.read(layer.keyOffset);
    return weights;
}

} // namespace

Expected<ModelWeights> readWeights(const TensorDirectory& directory, const ModelTensors& tensors,
                                   bool tied, std::vector<std::string>* warnings) {
    Reader reader(directory, warnings);
    ModelWeights weights;
    weights.embedding = reader.read(tensors.embedding);
    weights.tokenType = reader.read(tensors.tokenType);
    for (const LayerTensors& layer : tensors.layers)
        weights.layers.push_back(readLayer(reader, layer));
    if (!tied) weights.decoder = reader.read(tensors.decoder);
    weights.decoderBias = reader.read(tensors.decoderBias);
    if (!reader.result()) return tl::unexpected(reader.result().error());
    return weights;
}

} // namespace isentrope
