// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <QTemporaryDir>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace isentrope::test {

struct Values {
    std::vector<std::int64_t> shape;
    std::vector<float> elements;
};
using NamedValues = std::map<std::string, Values>;

inline void writeFile(const std::filesystem::path& path, const std::string& content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

/// Sizes of the smallest model that has every part: 2 layers, D 4, e 6, d 2, 8 tokens.
inline Json smallConfig() {
    return {
        {"model_type", "gau_alpha"}, {"num_hidden_layers", 2},    {"hidden_size", 4},
        {"intermediate_size", 6},    {"attention_key_size", 2},   {"vocab_size", 8},
        {"type_vocab_size", 2},      {"pad_token_id", 0},         {"max_position_embeddings", 64},
        {"layer_norm_eps", 1e-12},   {"hidden_act", "swish"},     {"use_bias", false},
        {"attention_scale", true},   {"normalization", "softmax"}};
}

inline const char* smallVocabulary() {
    return "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\n";
}

/// Elements that differ from each other and from tensor to tensor.
inline Values ramp(std::vector<std::int64_t> shape, float start) {
    std::size_t count = 1;
    for (const std::int64_t size : shape)
        count *= static_cast<std::size_t>(size);
    Values values{std::move(shape), {}};
    for (std::size_t i = 0; i < count; ++i)
        values.elements.push_back(start + static_cast<float>(i) / 16);
    return values;
}

inline NamedValues smallTensors(const std::string& prefix = "gau_alpha.", int layers = 2) {
    NamedValues tensors;
    tensors[prefix + "embeddings.word_embeddings.weight"] = ramp({8, 4}, 1);
    tensors[prefix + "embeddings.token_type_embeddings.weight"] = ramp({2, 4}, 2);
    for (int layer = 0; layer < layers; ++layer) {
        const std::string unit = prefix + "encoder.layer." + std::to_string(layer) + ".gau.";
        const float start = 10.0F * static_cast<float>(layer + 1);
        tensors[unit + "i_dense.weight"] = ramp({14, 4}, start);
        tensors[unit + "o_dense.weight"] = ramp({4, 6}, start + 1);
        tensors[unit + "q_scaleoffset.weight"] = ramp({2}, start + 2);
        tensors[unit + "k_scaleoffset.weight"] = ramp({2}, start + 3);
    }
    tensors["cls.predictions.decoder.weight"] = ramp({8, 4}, 5);
    return tensors;
}

inline std::string safetensors(const NamedValues& tensors) {
    Json header = Json::object();
    std::string data;
    for (const auto& [name, values] : tensors) {
        const std::size_t begin = data.size();
        data.resize(begin + values.elements.size() * sizeof(float));
        std::memcpy(data.data() + begin, values.elements.data(), data.size() - begin);
        header[name] = {
            {"dtype", "F32"}, {"shape", values.shape}, {"data_offsets", {begin, data.size()}}};
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    const std::uint64_t length = text.size();
    std::string file(sizeof length, '\0');
    std::memcpy(file.data(), &length, sizeof length);
    return file + text + data;
}

/// A checkpoint in a folder of its own that goes away with it.
class ModelFolder {
public:
    ModelFolder() {
        writeConfig(smallConfig());
        writeTensors(smallTensors());
        write("vocab.txt", smallVocabulary());
    }

    [[nodiscard]] std::filesystem::path path(const std::string& name = {}) const {
        const std::filesystem::path folder = m_folder.path().toStdString();
        return name.empty() ? folder : folder / name;
    }
    void write(const std::string& name, const std::string& content) const {
        writeFile(path(name), content);
    }
    void remove(const std::string& name) const { std::filesystem::remove(path(name)); }
    void writeConfig(const Json& config) const { write("config.json", config.dump()); }
    void writeTensors(const NamedValues& tensors) const {
        write("model.safetensors", safetensors(tensors));
    }

private:
    QTemporaryDir m_folder;
};

} // namespace isentrope::test
