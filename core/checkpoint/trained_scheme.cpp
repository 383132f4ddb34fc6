// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/trained_scheme.h"

#include "core/base/number.h"
#include "core/checkpoint/config_fields.h"
#include "core/scheme/notation.h"

#include <algorithm>
#include <optional>
#include <string>

namespace isentrope {
namespace {

constexpr std::int64_t longest = 16'777'216;
/// s of the released CosScale model, for a configuration that names the method without it.
constexpr double publishedCosScale = 128;
/// The length that the InfoScale repository's training branch writes into its factor, whatever
/// the texts are long.
constexpr std::int64_t hardCodedLength = 512;
/// Enough to see that a scheme compiles: the tables of a plan grow with the length.
constexpr std::int64_t lengthOfCheck = 1024;

const Json& objectAt(const Json& json, std::string_view key) {
    static const Json empty = Json::object();
    const auto found = json.find(key);
    return found != json.end() && found->is_object() ? *found : empty;
}

/// `"name"` or `{"name": "name", …}`: training writes the object, evaluation the text.
std::optional<std::string> nameAt(const Json& json, std::string_view key) {
    const auto found = json.find(key);
    if (found == json.end()) return std::nullopt;
    const Json& name = found->is_object() && found->contains("name") ? (*found)["name"] : *found;
    return name.is_string() ? std::optional(name.get<std::string>()) : std::nullopt;
}

/// Reads the fields of one configuration that speak about training.
class Training {
public:
    Training(const Json& json, std::string_view source, ModelConfig& config)
        : m_json(json)
        , m_info(objectAt(json, "my_info_dict"))
        , m_own(objectAt(json, "isentrope"))
        , m_source(source)
        , m_config(config) {}

    Expected<void> readLength();
    Expected<std::string> notation();
    Expected<void> readTask();

private:
    Expected<std::string> method(const std::string& field, const std::string& trained,
                                 const std::string& fallback);
    Expected<std::string> temperature();
    Expected<std::string> similarity();
    std::string infoScale();
    Error unknown(const std::string& field, const std::string& value,
                  const std::string& expected) const {
        return {ErrorCode::Unsupported,
                m_source + ": " + field + " is " + describeValue(value) + "; expected " + expected};
    }

    const Json& m_json;
    const Json& m_info;
    const Json& m_own;
    std::string m_source;
    ModelConfig& m_config;
};

Expected<void> Training::readLength() {
    const bool own = m_own.contains("train_length");
    ConfigFields fields(own ? m_own : m_json, m_source);
    m_config.trainLength =
        fields.integer(own ? "train_length" : "max_position_embeddings", 512, {2, longest});
    if (fields.problem()) return tl::unexpected(*fields.problem());
    m_config.assumed.insert(m_config.assumed.end(), fields.assumed().begin(),
                            fields.assumed().end());
    if (own || !m_info.contains("train_len")) return {};

    ConfigFields info(m_info, m_source + ": my_info_dict");
    const std::int64_t length = info.integer("train_len", m_config.trainLength, {2, longest});
    if (info.problem()) return tl::unexpected(*info.problem());
    if (length != m_config.trainLength)
        m_config.warnings.push_back("max_position_embeddings is " +
                                    std::to_string(m_config.trainLength) +
                                    " but my_info_dict.train_len is " + std::to_string(length) +
                                    "; the latter was taken as training length");
    m_config.trainLength = length;
    return {};
}

Expected<void> Training::readTask() {
    ConfigFields fields(m_own, m_source + ": isentrope");
    if (fields.has("task")) m_config.task = fields.text("task", "needle");
    if (fields.problem()) return tl::unexpected(*fields.problem());
    return {};
}

/// A method by its field of the configuration, or by what my_info_dict says about training: an
/// evaluation overwrites the former and keeps the latter.
Expected<std::string> Training::method(const std::string& field, const std::string& trained,
                                       const std::string& fallback) {
    ConfigFields fields(m_json, m_source);
    std::string name = fields.text(field, fallback);
    if (fields.problem()) return tl::unexpected(*fields.problem());
    const auto inner = nameAt(m_info, trained);
    if (!inner && !fields.assumed().empty() && field == "normalization")
        m_config.assumed.push_back(field);
    if (!inner || *inner == name) return name;
    if (fields.has(field))
        m_config.warnings.push_back(field + " is \"" + name + "\" but my_info_dict." + trained +
                                    " is \"" + *inner + "\"; the latter was taken as trained with");
    return *inner;
}

std::string Training::infoScale() {
    if (m_info.value("task", Json()) != "train" || m_config.trainLength == hardCodedLength)
        return "infoscale";
    m_config.warnings.push_back(
        "trained with InfoScale by the reference code, whose training branch takes " +
        std::to_string(hardCodedLength) + " as training length in its factor although texts had " +
        std::to_string(m_config.trainLength) +
        " tokens; the trained scheme says so as L=" + std::to_string(hardCodedLength));
    return "infoscale(L=" + std::to_string(hardCodedLength) + ")";
}

Expected<std::string> Training::temperature() {
    const auto name = method("normalization", "train_normalization", "softmax_plus");
    if (!name) return name;
    if (*name == "softmax") return std::string("softmax");
    if (*name == "softmax_plus") return std::string("softmax-plus");
    if (*name == "InfoScale") return infoScale();
    return tl::unexpected(
        unknown("normalization", *name, "\"softmax\", \"softmax_plus\" or \"InfoScale\""));
}

/// `cos(s=…)+` or nothing. "norm" and "nonorm" are the methods' names in older files.
Expected<std::string> Training::similarity() {
    const auto name = method("norm_method", "train_norm_method", "noCosScale");
    if (!name) return name;
    if (*name == "noCosScale" || *name == "nonorm") return std::string();
    if (*name != "CosScale" && *name != "norm")
        return tl::unexpected(unknown("norm_method", *name, "\"CosScale\" or \"noCosScale\""));
    const char* const keys[] = {"train_norm_method", "eval_norm_method"};
    for (const char* key : keys) {
        ConfigFields fields(objectAt(m_info, key), m_source + ": my_info_dict." + key);
        if (!fields.has("CosScale_value")) continue;
        const double scale = fields.positive("CosScale_value", publishedCosScale, 1e6);
        if (fields.problem()) return tl::unexpected(*fields.problem());
        return "cos(s=" + shortest(scale) + ")+";
    }
    m_config.assumed.emplace_back("CosScale_value");
    return "cos(s=" + shortest(publishedCosScale) + ")+";
}

Expected<std::string> Training::notation() {
    if (m_own.contains("scheme")) {
        ConfigFields fields(m_own, m_source + ": isentrope");
        std::string scheme = fields.text("scheme", "rope+softmax");
        if (fields.problem()) return tl::unexpected(*fields.problem());
        return scheme;
    }
    const auto cosine = similarity();
    if (!cosine) return cosine;
    const auto factor = temperature();
    if (!factor) return factor;
    if (const auto algorithm = nameAt(m_info, "algorithm");
        algorithm && m_info.value("task", Json()) == "train")
        m_config.warnings.push_back("my_info_dict.algorithm is \"" + *algorithm +
                                    "\"; the positions of training were taken as plain rope");
    return *cosine + "rope+" + *factor;
}

} // namespace

Expected<void> readTraining(const Json& json, std::string_view source, const Catalogue& catalogue,
                            ModelConfig& config) {
    Training training(json, source, config);
    if (auto read = training.readLength(); !read) return read;
    if (auto read = training.readTask(); !read) return read;
    const auto notation = training.notation();
    if (!notation) return tl::unexpected(notation.error());

    const auto refuse = [&](const Error& error) {
        return fail(error.code, std::string(source) + ": trained with \"" + *notation +
                                    "\", which cannot be read: " + error.message);
    };
    const auto scheme = parseScheme(*notation, catalogue);
    if (!scheme) return refuse(scheme.error());
    const auto plan = compile(*scheme, catalogue,
                              {.length = std::min(config.trainLength, lengthOfCheck),
                               .tokens = 0,
                               .trainLength = config.trainLength,
                               .keySize = static_cast<int>(config.keySize),
                               .trained = {}});
    if (!plan) return refuse(plan.error());
    config.similarity = plan->similarity;
    config.scheme = canonical(*scheme, catalogue);
    return {};
}

} // namespace isentrope
