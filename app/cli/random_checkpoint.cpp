// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/random_checkpoint.h"

#include "core/base/json.h"
#include "core/result/atomic_file.h"
#include "core/result/safetensors_writer.h"

#include <cmath>
#include <random>

namespace isentrope::cli {
namespace {

/// mt19937_64 is the same everywhere; the library's normal distribution is not, so the numbers
/// come from Box and Muller's formula.
class Normal {
public:
    explicit Normal(std::uint64_t seed)
        : m_bits(seed) {}

    std::vector<float> draw(std::int64_t count, double deviation) {
        std::vector<float> values(static_cast<std::size_t>(count));
        for (float& value : values) {
            const double radius = std::sqrt(-2 * std::log(uniform()));
            value = static_cast<float>(deviation * radius * std::cos(twoPi * uniform()));
        }
        return values;
    }

private:
    static constexpr double twoPi = 6.283185307179586;

    /// In (0, 1].
    double uniform() { return (static_cast<double>(m_bits() >> 11) + 1) * 0x1p-53; }

    std::mt19937_64 m_bits;
};

struct Filled {
    std::string name;
    std::vector<std::int64_t> shape;
    double deviation;
};

std::vector<Filled> tensorsOf(const RandomCheckpoint& sizes) {
    const double inward = 2 / std::sqrt(static_cast<double>(sizes.hidden));
    const double outward = 1 / std::sqrt(static_cast<double>(sizes.intermediate));
    const std::string body = "gau_alpha.";
    std::vector<Filled> tensors = {
        {body + "embeddings.word_embeddings.weight", {sizes.vocabulary, sizes.hidden}, 1},
        {body + "embeddings.token_type_embeddings.weight", {2, sizes.hidden}, 0.1},
        {"cls.predictions.decoder.weight", {sizes.vocabulary, sizes.hidden}, inward / 2}};
    for (std::int64_t layer = 0; layer < sizes.layers; ++layer) {
        const std::string gau = body + "encoder.layer." + std::to_string(layer) + ".gau.";
        tensors.push_back({gau + "i_dense.weight",
                           {2 * sizes.intermediate + sizes.keySize, sizes.hidden},
                           inward});
        tensors.push_back({gau + "o_dense.weight", {sizes.hidden, sizes.intermediate}, outward});
        tensors.push_back({gau + "q_scaleoffset.weight", {sizes.keySize}, 1});
        tensors.push_back({gau + "k_scaleoffset.weight", {sizes.keySize}, 1});
    }
    return tensors;
}

OrderedJson configOf(const RandomCheckpoint& sizes) {
    return {{"architectures", {"GAUAlphaForMaskedLM"}},
            {"model_type", "gau_alpha"},
            {"num_hidden_layers", sizes.layers},
            {"hidden_size", sizes.hidden},
            {"embedding_size", sizes.hidden},
            {"intermediate_size", sizes.intermediate},
            {"attention_key_size", sizes.keySize},
            {"vocab_size", sizes.vocabulary},
            {"type_vocab_size", 2},
            {"max_position_embeddings", sizes.trainLength},
            {"pad_token_id", 0},
            {"hidden_act", "swish"},
            {"attention_scale", true},
            {"layer_norm_eps", 1e-12},
            {"use_bias", false},
            {"normalization", "softmax"},
            {"norm_method", "noCosScale"}};
}

} // namespace

Expected<void> writeRandomCheckpoint(const RandomCheckpoint& sizes,
                                     const std::filesystem::path& folder) {
    const auto tensors = tensorsOf(sizes);
    std::vector<TensorPlan> plans;
    plans.reserve(tensors.size());
    for (const Filled& tensor : tensors)
        plans.push_back({tensor.name, NumberType::F32, tensor.shape});
    auto writer = SafetensorsWriter::create(folder / "model.safetensors", plans, {});
    if (!writer) return tl::unexpected(writer.error());
    Normal normal(sizes.seed);
    for (const Filled& tensor : tensors) {
        std::int64_t count = 1;
        for (const std::int64_t size : tensor.shape)
            count *= size;
        if (auto done = writer->append(tensor.name, normal.draw(count, tensor.deviation)); !done)
            return done;
    }
    if (auto done = writer->commit(); !done) return done;
    return saveFile(folder / "config.json", configOf(sizes).dump(2) + "\n");
}

std::vector<std::int32_t> randomIds(std::int64_t count, std::int64_t vocabulary,
                                    std::uint64_t seed) {
    std::mt19937_64 bits(seed);
    std::vector<std::int32_t> ids(static_cast<std::size_t>(count));
    for (std::int32_t& id : ids)
        id = static_cast<std::int32_t>(1 + bits() % static_cast<std::uint64_t>(vocabulary - 1));
    return ids;
}

} // namespace isentrope::cli
