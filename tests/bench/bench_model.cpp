// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/bench_model.h"

#include "core/result/safetensors_writer.h"

#include <cmath>
#include <fstream>
#include <random>

namespace isentrope::bench {
namespace {

constexpr std::int64_t hidden = 768, intermediate = 1536, keySize = 128, vocabulary = 12000;

const char* const config = R"({"model_type": "gau_alpha", "hidden_size": 768,
 "intermediate_size": 1536, "attention_key_size": 128, "vocab_size": 12000, "type_vocab_size": 2,
 "pad_token_id": 0, "max_position_embeddings": 64, "layer_norm_eps": 1e-12, "hidden_act": "swish",
 "use_bias": false, "attention_scale": true, "normalization": "softmax", "num_hidden_layers": )";

struct RandomTensor {
    TensorPlan plan;
    float size;
};

std::vector<RandomTensor> tensorsOf(std::int64_t layers) {
    const float in = 1 / std::sqrt(768.0F), out = 1 / std::sqrt(1536.0F);
    const auto f32 = NumberType::F32;
    std::vector<RandomTensor> tensors{
        {{"gau_alpha.embeddings.word_embeddings.weight", f32, {vocabulary, hidden}}, 1},
        {{"gau_alpha.embeddings.token_type_embeddings.weight", f32, {2, hidden}}, 0.1F},
        {{"cls.predictions.decoder.weight", f32, {vocabulary, hidden}}, in}};
    for (std::int64_t layer = 0; layer < layers; ++layer) {
        const std::string unit = "gau_alpha.encoder.layer." + std::to_string(layer) + ".gau.";
        tensors.push_back(
            {{unit + "i_dense.weight", f32, {2 * intermediate + keySize, hidden}}, in});
        tensors.push_back({{unit + "o_dense.weight", f32, {hidden, intermediate}}, out});
        tensors.push_back({{unit + "q_scaleoffset.weight", f32, {keySize}}, 2});
        tensors.push_back({{unit + "k_scaleoffset.weight", f32, {keySize}}, 2});
    }
    return tensors;
}

} // namespace

Expected<void> writeModel(const std::filesystem::path& folder, std::int64_t layers) {
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "config.json") << config << layers << "}\n";
    const std::vector<RandomTensor> tensors = tensorsOf(layers);
    std::vector<TensorPlan> plans;
    for (const RandomTensor& tensor : tensors)
        plans.push_back(tensor.plan);
    auto file = SafetensorsWriter::create(folder / "model.safetensors", plans, {});
    if (!file) return tl::unexpected(file.error());
    std::minstd_rand random(1);
    std::uniform_real_distribution<float> uniform(-1.7F, 1.7F); // variance 1
    for (const RandomTensor& tensor : tensors) {
        std::int64_t count = 1;
        for (const std::int64_t size : tensor.plan.shape)
            count *= size;
        std::vector<float> values(static_cast<std::size_t>(count));
        for (float& value : values)
            value = tensor.size * uniform(random);
        if (auto done = file->append(tensor.plan.name, values); !done) return done;
    }
    return file->commit();
}

std::vector<std::int32_t> randomIds(std::int64_t length) {
    std::minstd_rand random(2);
    std::vector<std::int32_t> ids(static_cast<std::size_t>(length));
    for (std::int32_t& id : ids)
        id = static_cast<std::int32_t>(1 + random() % (vocabulary - 1));
    return ids;
}

} // namespace isentrope::bench
