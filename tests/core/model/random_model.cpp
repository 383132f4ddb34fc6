// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/model/random_model.h"

#include "core/scheme/catalogue.h"
#include "core/scheme/notation.h"

#include <cmath>
#include <random>

namespace isentrope::test {
namespace {

/// Numbers of about the given size; the same on every platform.
class Numbers {
public:
    explicit Numbers(unsigned seed)
        : m_random(seed) {}

    Values operator()(std::vector<std::int64_t> shape, float size) {
        std::size_t count = 1;
        for (const std::int64_t length : shape)
            count *= static_cast<std::size_t>(length);
        Values values{std::move(shape), {}};
        for (std::size_t i = 0; i < count; ++i)
            values.elements.push_back(size * next());
        return values;
    }

private:
    /// A sum of uniform numbers: nearly normal, variance 1.
    float next() {
        double sum = -6;
        for (int i = 0; i < 12; ++i)
            sum += static_cast<double>(m_random()) / 4294967296.0;
        return static_cast<float>(sum);
    }
    std::mt19937 m_random;
};

NamedValues randomTensors(const RandomSizes& sizes, unsigned seed) {
    Numbers numbers(seed);
    const std::int64_t hidden = sizes.hidden, e = sizes.intermediate, d = sizes.keySize;
    const float in = 1 / std::sqrt(static_cast<float>(hidden));
    const float out = 1 / std::sqrt(static_cast<float>(e));
    NamedValues tensors;
    tensors["gau_alpha.embeddings.word_embeddings.weight"] = numbers({sizes.vocabulary, hidden}, 1);
    tensors["gau_alpha.embeddings.token_type_embeddings.weight"] = numbers({2, hidden}, 0.2F);
    for (std::int64_t layer = 0; layer < sizes.layers; ++layer) {
        const std::string unit = "gau_alpha.encoder.layer." + std::to_string(layer) + ".gau.";
        tensors[unit + "i_dense.weight"] = numbers({2 * e + d, hidden}, in);
        tensors[unit + "o_dense.weight"] = numbers({hidden, e}, out);
        tensors[unit + "q_scaleoffset.weight"] = numbers({d}, sizes.gamma);
        tensors[unit + "k_scaleoffset.weight"] = numbers({d}, sizes.gamma);
        if (!sizes.bias) continue;
        tensors[unit + "i_dense.bias"] = numbers({2 * e + d}, 0.3F);
        tensors[unit + "o_dense.bias"] = numbers({hidden}, 0.3F);
        tensors[unit + "q_scaleoffset.bias"] = numbers({d}, 0.3F);
        tensors[unit + "k_scaleoffset.bias"] = numbers({d}, 0.3F);
    }
    tensors["cls.predictions.decoder.weight"] = numbers({sizes.vocabulary, hidden}, in);
    return tensors;
}

Json randomConfig(const RandomSizes& sizes) {
    Json config = smallConfig();
    config["num_hidden_layers"] = sizes.layers;
    config["hidden_size"] = sizes.hidden;
    config["intermediate_size"] = sizes.intermediate;
    config["attention_key_size"] = sizes.keySize;
    config["vocab_size"] = sizes.vocabulary;
    config["max_position_embeddings"] = sizes.trainLength;
    config["use_bias"] = sizes.bias;
    return config;
}

} // namespace

RandomModel::RandomModel(const RandomSizes& sizes, unsigned seed, Precision precision) {
    m_folder.remove("vocab.txt");
    m_folder.writeConfig(randomConfig(sizes));
    m_folder.writeTensors(randomTensors(sizes, seed));
    m_checkpoint = std::make_unique<Checkpoint>(
        need(Checkpoint::open(m_folder.path().string(), Catalogue::builtIn())));
    m_weights = need(m_checkpoint->weights());
    m_model = need(cpuEngine().load(*m_checkpoint, "cpu", precision, 2));
}

Plan RandomModel::plan(const std::string& scheme, std::int64_t length, std::int64_t tokens) const {
    return planFor(config(), scheme, length, tokens);
}

std::vector<std::int32_t> RandomModel::ids(std::int64_t length, unsigned seed) const {
    std::mt19937 random(seed);
    std::vector<std::int32_t> ids;
    for (std::int64_t place = 0; place < length; ++place)
        ids.push_back(static_cast<std::int32_t>(
            1 + random() % static_cast<std::uint64_t>(config().vocabulary - 1)));
    return ids;
}

Engine& cpuEngine() {
    return *need(loadEngine("cpu"));
}

Plan planFor(const ModelConfig& config, const std::string& scheme, std::int64_t length,
             std::int64_t tokens) {
    const Catalogue& catalogue = Catalogue::builtIn();
    PlanRequest request;
    request.length = length;
    request.tokens = tokens;
    request.trainLength = config.trainLength;
    request.keySize = static_cast<int>(config.keySize);
    request.trained = config.similarity;
    return need(compile(need(parseScheme(scheme, catalogue)), catalogue, request));
}

std::vector<float> wholeMap(Model& model, std::uint64_t trace, int layer, std::int64_t length,
                            const Plan* whatIf, const std::vector<std::uint8_t>& hidden) {
    RegionRequest request;
    request.trace = trace;
    request.layers = {layer};
    request.rows = request.columns = request.side = length;
    request.hiddenKeys = hidden;
    request.whatIf = whatIf;
    return need(model.region(request)).values;
}

} // namespace isentrope::test
