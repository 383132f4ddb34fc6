// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/model_config.h"

#include "core/base/file.h"
#include "core/checkpoint/config_fields.h"
#include "core/checkpoint/trained_scheme.h"

#include <algorithm>

namespace isentrope {
namespace {

constexpr std::uint64_t mostConfigBytes = 1'000'000;

/// A configuration that says itself that it belongs to another family.
Expected<void> refuseOtherModels(const Json& json, std::string_view source) {
    const auto other = [&](const std::string& field, const Json& value) {
        return fail(ErrorCode::NotAModel,
                    std::string(source) + ": " + field + " is " + describeValue(value) +
                        "; expected the configuration of a GAU-alpha model (model_type "
                        "\"gau_alpha\"); models of other families have no single shared z to look "
                        "at and cannot be opened");
    };
    if (json.contains("model_type")) {
        const Json& type = json["model_type"];
        return type == "gau_alpha" ? Expected<void>() : other("model_type", type);
    }
    if (!json.contains("architectures") || !json["architectures"].is_array()) return {};
    for (const Json& name : json["architectures"])
        if (!name.is_string() || !name.get<std::string>().starts_with("GAUAlpha"))
            return other("architectures", name);
    return {};
}

/// What downloads leave in place of a file.
Expected<void> refusePlaceholders(std::string_view text, std::string_view source) {
    const auto refuse = [&](const char* found, const char* advice) {
        return fail(ErrorCode::Malformed, std::string(source) + ": holds " + found +
                                              "; expected a JSON object with the model's sizes. " +
                                              advice);
    };
    if (text.starts_with("version https://git-lfs"))
        return refuse("a Git LFS pointer", "Fetch the real file with: git lfs pull");
    if (text.starts_with("<"))
        return refuse("an HTML or XML page", "Download the raw file, not the page that shows it");
    if (text.empty()) return refuse("nothing", "Fetch the file again");
    return {};
}

void readSizes(ConfigFields& fields, ModelConfig& config) {
    config.layers = fields.integer("num_hidden_layers", 24, {1, 1024});
    config.hidden = fields.integer("hidden_size", 768, {1, 65'536});
    config.intermediate = fields.integer("intermediate_size", 1536, {1, 262'144});
    config.keySize = fields.integer("attention_key_size", 128, {2, 8192});
    if (config.keySize % 2 != 0)
        fields.refuse("attention_key_size", "an even number: positions rotate pairs");
    config.vocabulary = fields.integer("vocab_size", 12000, {1, 10'000'000});
    config.tokenTypes = fields.integer("type_vocab_size", 2, {1, 1024});
    config.padId = fields.integer("pad_token_id", 0, {0, config.vocabulary - 1});
    config.normEpsilon = fields.positive("layer_norm_eps", 1e-12, 1);
    config.useBias = fields.boolean("use_bias", false);
}

/// What the forward pass takes for granted.
void checkArchitecture(ConfigFields& fields, ModelConfig& config) {
    const std::string activation = fields.text("hidden_act", "swish");
    if (activation != "swish" && activation != "silu")
        fields.refuse("hidden_act", "\"swish\" (or its other name \"silu\")",
                      ErrorCode::Unsupported);
    if (!fields.boolean("attention_scale", true))
        fields.refuse("attention_scale", "true: logits are divided by sqrt(attention_key_size)",
                      ErrorCode::Unsupported);
    if (fields.has("embedding_size") &&
        fields.integer("embedding_size", config.hidden, {1, 65'536}) != config.hidden)
        fields.refuse("embedding_size",
                      "hidden_size, which is " + std::to_string(config.hidden) +
                          ": a GAU-alpha model has no projection between the two",
                      ErrorCode::Mismatch);
    if (!fields.has("num_attention_heads")) return;
    const std::int64_t heads = fields.integer("num_attention_heads", 1, {1, 65'536});
    if (config.hidden % heads != 0)
        fields.refuse("num_attention_heads",
                      "a divisor of hidden_size, which is " + std::to_string(config.hidden));
    if (heads != 1)
        config.warnings.push_back("num_attention_heads is " + std::to_string(heads) +
                                  "; a GAU-alpha model has one head, the field was ignored");
}

} // namespace

Expected<ModelConfig> parseModelConfig(std::string_view text, std::string_view source,
                                       const Catalogue& catalogue) {
    if (auto real = refusePlaceholders(text, source); !real) return tl::unexpected(real.error());
    const auto json = parseJson(text, source);
    if (!json) return tl::unexpected(json.error());
    if (!json->is_object())
        return fail(ErrorCode::Malformed, std::string(source) + ": holds " + describeValue(*json) +
                                              "; expected a JSON object with the model's sizes");
    if (auto family = refuseOtherModels(*json, source); !family)
        return tl::unexpected(family.error());

    ModelConfig config;
    ConfigFields fields(*json, source);
    if (!json->contains("model_type")) config.assumed.emplace_back("model_type");
    readSizes(fields, config);
    checkArchitecture(fields, config);
    if (fields.problem()) return tl::unexpected(*fields.problem());
    config.assumed.insert(config.assumed.end(), fields.assumed().begin(), fields.assumed().end());
    if (auto trained = readTraining(*json, source, catalogue, config); !trained)
        return tl::unexpected(trained.error());
    return config;
}

Expected<ModelConfig> readModelConfig(const std::filesystem::path& file,
                                      const Catalogue& catalogue) {
    const auto text = readWholeFile(file, mostConfigBytes);
    if (!text) return tl::unexpected(text.error());
    return parseModelConfig(*text, file.string(), catalogue);
}

} // namespace isentrope
