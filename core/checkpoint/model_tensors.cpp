// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/model_tensors.h"

#include "core/base/number.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>

namespace isentrope {
namespace {

using Shape = std::vector<std::int64_t>;

constexpr std::string_view layerMark = "encoder.layer.";
constexpr std::string_view unitMark = ".gau.";

std::string shapeText(const Shape& shape) {
    std::string text;
    for (const std::int64_t size : shape)
        text += (text.empty() ? "" : " x ") + std::to_string(size);
    return text.empty() ? "a single number" : text;
}

std::string sourceOf(const TensorDirectory& directory) {
    return directory.files.empty() ? "weights" : directory.files.front().string();
}

bool isFloating(ElementType type) {
    return type == ElementType::F64 || type == ElementType::F32 || type == ElementType::F16 ||
           type == ElementType::BF16;
}

/// `PREFIX encoder.layer.INDEX.gau.…` taken apart.
struct LayerName {
    std::string_view prefix;
    std::int64_t index = 0;
};

std::optional<LayerName> parseLayerName(std::string_view name) {
    const std::size_t mark = name.find(layerMark);
    if (mark == std::string_view::npos) return std::nullopt;
    const std::size_t digits = mark + layerMark.size();
    const std::size_t unit = name.find(unitMark, digits);
    if (unit == std::string_view::npos) return std::nullopt;
    const auto index = parseInteger(name.substr(digits, unit - digits));
    if (!index || *index < 0) return std::nullopt;
    return LayerName{name.substr(0, mark), *index};
}

/// The beginning that most layer names share; nothing where no tensor belongs to a GAU layer.
std::optional<std::string> findPrefix(const TensorDirectory& directory) {
    std::map<std::string, int> votes;
    for (const TensorEntry& entry : directory.tensors)
        if (const auto name = parseLayerName(entry.name)) ++votes[std::string(name->prefix)];
    const auto most = std::max_element(votes.begin(), votes.end(),
                                       [](auto& a, auto& b) { return a.second < b.second; });
    return most == votes.end() ? std::nullopt : std::optional(most->first);
}

/// What precedes `cls.`: the prefix without its last part ("module.gau_alpha." -> "module.").
std::string headPrefix(std::string_view prefix) {
    if (prefix.empty()) return {};
    const std::size_t dot = prefix.rfind('.', prefix.size() - 2);
    return dot == std::string_view::npos ? std::string() : std::string(prefix.substr(0, dot + 1));
}

/// Which other family the names speak of, for the message of a refusal.
std::string familyOf(const TensorDirectory& directory) {
    static constexpr std::pair<std::string_view, std::string_view> families[] = {
        {"bert.", "a BERT model"},         {"roformer.", "a RoFormer model"},
        {"roberta.", "a RoBERTa model"},   {"distilbert.", "a DistilBERT model"},
        {"albert.", "an ALBERT model"},    {"electra.", "an ELECTRA model"},
        {"transformer.h.", "a GPT model"}, {"model.layers.", "a decoder-only model"}};
    for (const TensorEntry& entry : directory.tensors)
        for (const auto& [mark, family] : families)
            if (entry.name.starts_with(mark)) return std::string(family);
    return "something else";
}

/// Takes tensors out of the directory by name, until the first error.
class Matcher {
public:
    Matcher(const TensorDirectory& directory, const ModelConfig& config, std::string prefix)
        : m_config(config)
        , m_prefix(std::move(prefix))
        , m_source(sourceOf(directory)) {
        for (const TensorEntry& entry : directory.tensors)
            m_byName.emplace(entry.name, &entry);
        countLayers(directory);
    }

    Expected<ModelTensors> match();

private:
    void countLayers(const TensorDirectory& directory);
    const TensorEntry* named(const std::string& name);
    const TensorEntry* checked(const TensorEntry* entry, const Shape& shape, const char* meaning);
    const TensorEntry* require(const std::string& name, const std::string& olderName,
                               const Shape& shape, const char* meaning);
    const TensorEntry* bias(const std::string& name, const std::string& olderName,
                            const Shape& shape, const char* meaning);
    LayerTensors layer(std::int64_t index);
    void matchDecoder(ModelTensors& tensors);
    void report(ModelTensors& tensors) const;

    const ModelConfig& m_config;
    std::string m_prefix;
    std::string m_source;
    std::unordered_map<std::string, const TensorEntry*> m_byName;
    std::set<std::string> m_used;
    std::int64_t m_layersFound = 0;
    std::optional<Error> m_problem;
};

void Matcher::countLayers(const TensorDirectory& directory) {
    std::set<std::int64_t> layers;
    for (const TensorEntry& entry : directory.tensors)
        if (const auto name = parseLayerName(entry.name); name && name->prefix == m_prefix)
            layers.insert(name->index);
    m_layersFound = static_cast<std::int64_t>(layers.size());
}

const TensorEntry* Matcher::named(const std::string& name) {
    const auto found = m_byName.find(name);
    if (found == m_byName.end()) return nullptr;
    m_used.insert(name);
    return found->second;
}

const TensorEntry* Matcher::checked(const TensorEntry* entry, const Shape& shape,
                                    const char* meaning) {
    if (m_problem || !entry) return entry;
    if (entry->shape != shape)
        m_problem = Error{ErrorCode::Mismatch,
                          m_source + ": " + entry->name + " is " + shapeText(entry->shape) +
                              ", expected " + shapeText(shape) + " (" + meaning +
                              " in config.json); config.json and weights belong to different "
                              "models, fetch both from one place"};
    else if (!isFloating(entry->type))
        m_problem = Error{ErrorCode::Unsupported,
                          m_source + ": " + entry->name + " has elements of type " +
                              std::string(elementTypeName(entry->type)) +
                              ", expected F64, F32, F16 or BF16; quantised weights are not read"};
    return entry;
}

const TensorEntry* Matcher::require(const std::string& name, const std::string& olderName,
                                    const Shape& shape, const char* meaning) {
    if (m_problem) return nullptr;
    const TensorEntry* entry = named(m_prefix + name);
    if (!entry && !olderName.empty()) entry = named(m_prefix + olderName);
    if (entry) return checked(entry, shape, meaning);
    std::string message = m_source + ": the tensor " + m_prefix + name + " is missing, expected " +
                          shapeText(shape) + " (" + meaning + " in config.json)";
    if (m_layersFound < m_config.layers)
        message += "; the weights hold " + std::to_string(m_layersFound) +
                   " layers, config.json says num_hidden_layers is " +
                   std::to_string(m_config.layers);
    m_problem = Error{ErrorCode::Mismatch,
                      message + "; fetch config.json and weights again from one place"};
    return nullptr;
}

const TensorEntry* Matcher::bias(const std::string& name, const std::string& olderName,
                                 const Shape& shape, const char* meaning) {
    if (!m_config.useBias) return nullptr;
    return require(name, olderName, shape, meaning);
}

LayerTensors Matcher::layer(std::int64_t index) {
    const std::int64_t hidden = m_config.hidden, inner = m_config.intermediate;
    const std::int64_t key = m_config.keySize, wide = 2 * inner + key;
    const std::string unit = std::string(layerMark) + std::to_string(index) + std::string(unitMark);
    const std::string query = unit + "q_scaleoffset.", keys = unit + "k_scaleoffset.";
    constexpr auto wideMeaning = "2 * intermediate_size + attention_key_size";
    constexpr auto keyMeaning = "attention_key_size";
    LayerTensors layer;
    layer.input = require(unit + "i_dense.weight", "", {wide, hidden},
                          "2 * intermediate_size + attention_key_size by hidden_size");
    layer.output =
        require(unit + "o_dense.weight", "", {hidden, inner}, "hidden_size by intermediate_size");
    layer.queryScale = require(query + "weight", query + "gamma", {key}, keyMeaning);
    layer.keyScale = require(keys + "weight", keys + "gamma", {key}, keyMeaning);
    layer.inputBias = bias(unit + "i_dense.bias", "", {wide}, wideMeaning);
    layer.outputBias = bias(unit + "o_dense.bias", "", {hidden}, "hidden_size");
    layer.queryOffset = bias(query + "bias", query + "beta", {key}, keyMeaning);
    layer.keyOffset = bias(keys + "bias", keys + "beta", {key}, keyMeaning);
    return layer;
}

void Matcher::matchDecoder(ModelTensors& tensors) {
    const std::string head = headPrefix(m_prefix) + "cls.predictions.";
    tensors.decoder = checked(named(head + "decoder.weight"),
                              {m_config.vocabulary, m_config.hidden}, "vocab_size by hidden_size");
    tensors.decoderBias = named(head + "decoder.bias");
    if (!tensors.decoderBias) tensors.decoderBias = named(head + "bias");
    tensors.decoderBias = checked(tensors.decoderBias, {m_config.vocabulary}, "vocab_size");
}

void Matcher::report(ModelTensors& tensors) const {
    bool unusedBias = false;
    for (const auto& [name, entry] : m_byName) {
        if (m_used.contains(name)) continue;
        tensors.ignored.push_back(name);
        const bool ours = parseLayerName(name).has_value();
        unusedBias |= ours && (name.ends_with(".bias") || name.ends_with(".beta"));
    }
    std::sort(tensors.ignored.begin(), tensors.ignored.end());
    if (m_layersFound > m_config.layers)
        tensors.warnings.push_back("the weights hold " + std::to_string(m_layersFound) +
                                   " layers, config.json says num_hidden_layers is " +
                                   std::to_string(m_config.layers) + "; the others were ignored");
    if (unusedBias && !m_config.useBias)
        tensors.warnings.emplace_back("the weights hold biases, config.json says use_bias is "
                                      "false; they were ignored");
}

Expected<ModelTensors> Matcher::match() {
    ModelTensors tensors;
    tensors.embedding =
        require("embeddings.word_embeddings.weight", "", {m_config.vocabulary, m_config.hidden},
                "vocab_size by hidden_size");
    tensors.tokenType =
        require("embeddings.token_type_embeddings.weight", "",
                {m_config.tokenTypes, m_config.hidden}, "type_vocab_size by hidden_size");
    for (std::int64_t index = 0; index < m_config.layers && !m_problem; ++index)
        tensors.layers.push_back(layer(index));
    matchDecoder(tensors);
    if (m_problem) return tl::unexpected(*m_problem);
    report(tensors);
    return tensors;
}

} // namespace

std::vector<const TensorEntry*> ModelTensors::all() const {
    std::vector<const TensorEntry*> entries = {embedding, tokenType};
    for (const LayerTensors& layer : layers)
        entries.insert(entries.end(),
                       {layer.input, layer.output, layer.queryScale, layer.keyScale,
                        layer.inputBias, layer.outputBias, layer.queryOffset, layer.keyOffset});
    entries.insert(entries.end(), {decoderBias, decoder});
    std::erase(entries, nullptr);
    return entries;
}

Expected<ModelTensors> matchTensors(const TensorDirectory& directory, const ModelConfig& config) {
    const auto prefix = findPrefix(directory);
    if (!prefix) {
        const std::string first =
            directory.tensors.empty() ? "none" : "\"" + directory.tensors.front().name + "\"";
        return fail(ErrorCode::NotAModel,
                    sourceOf(directory) + ": holds " + familyOf(directory) + " (" +
                        std::to_string(directory.tensors.size()) + " tensors, the first " + first +
                        "); expected a GAU-alpha model with tensors such as " +
                        "\"gau_alpha.encoder.layer.0.gau.i_dense.weight\"");
    }
    return Matcher(directory, config, *prefix).match();
}

} // namespace isentrope
