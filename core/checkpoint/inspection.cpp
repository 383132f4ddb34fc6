// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/inspection.h"

#include <algorithm>

namespace isentrope {
namespace fs = std::filesystem;
namespace {

OrderedJson filesOf(const TensorDirectory& directory) {
    OrderedJson files = OrderedJson::array();
    for (const fs::path& file : directory.files) {
        std::error_code error;
        const std::uintmax_t bytes = fs::file_size(file, error);
        files.push_back({{"name", file.filename().string()}, {"bytes", error ? 0 : bytes}});
    }
    return files;
}

OrderedJson tensorsOf(const TensorDirectory& directory) {
    OrderedJson tensors = OrderedJson::array();
    for (const TensorEntry& entry : directory.tensors)
        tensors.push_back({{"name", entry.name},
                           {"shape", entry.shape},
                           {"type", std::string(elementTypeName(entry.type))}});
    return tensors;
}

/// How L0 is known: a number of the configuration, or the published default.
const char* lengthOrigin(const ModelConfig& config) {
    const auto& assumed = config.assumed;
    return std::find(assumed.begin(), assumed.end(), "max_position_embeddings") == assumed.end()
               ? "stated"
               : "assumed";
}

OrderedJson configOf(const ModelConfig& config) {
    const bool cosine = config.similarity.kind == Similarity::Kind::Cosine;
    return {{"layers", config.layers},
            {"hidden", config.hidden},
            {"intermediate", config.intermediate},
            {"key_size", config.keySize},
            {"vocabulary", config.vocabulary},
            {"token_types", config.tokenTypes},
            {"train_length", config.trainLength},
            {"train_length_origin", lengthOrigin(config)},
            {"similarity",
             {{"kind", cosine ? "cos" : "dot"},
              {"s", cosine ? OrderedJson(config.similarity.scale) : OrderedJson()}}},
            {"scheme", config.scheme},
            {"task", config.task.empty() ? OrderedJson() : OrderedJson(config.task)},
            {"bias", config.useBias},
            {"norm_epsilon", config.normEpsilon}};
}

} // namespace

Expected<OrderedJson> inspection(const Checkpoint& checkpoint) {
    const auto sha256 = checkpoint.sha256();
    if (!sha256) return tl::unexpected(sha256.error());
    const auto odd = checkpoint.oddWeights();
    if (!odd) return tl::unexpected(odd.error());

    std::vector<std::string> warnings = checkpoint.warnings();
    warnings.insert(warnings.end(), odd->begin(), odd->end());
    const auto expected = checkpoint.expectedSha256();
    if (expected && *expected != *sha256)
        warnings.push_back("the weights have sha256 " + *sha256 + ", the cache expects " +
                           *expected + "; the download is damaged, fetch it again");

    OrderedJson json = {{"source", checkpoint.source()}, {"folder", checkpoint.folder().string()}};
    json.update(configOf(checkpoint.config()));
    json["tied"] = checkpoint.tied();
    json["parameters"] = checkpoint.parameters();
    json["format"] = checkpoint.tensors().format;
    json["sha256"] = *sha256;
    json["verified"] = expected ? OrderedJson(*expected == *sha256) : OrderedJson();
    json["vocabulary_file"] = checkpoint.vocabularyFile().filename().string();
    json["files"] = filesOf(checkpoint.tensors());
    json["assumed"] = checkpoint.config().assumed;
    json["warnings"] = warnings;
    json["ignored"] = checkpoint.ignored();
    json["tensors"] = tensorsOf(checkpoint.tensors());
    return json;
}

} // namespace isentrope
