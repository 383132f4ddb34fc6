// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/provenance_json.h"

namespace isentrope {
namespace {

Expected<void> readText(const Json& json, const char* name, const std::string& source,
                        std::string& text) {
    const auto found = json.find(name);
    if (found == json.end()) return {};
    if (!found->is_string())
        return fail(ErrorCode::Malformed,
                    source + ": \"" + name + "\" is " + found->dump() + "; expected a text");
    text = found->get<std::string>();
    return {};
}

Expected<void> readNumber(const Json& json, const char* name, const std::string& source,
                          std::optional<std::int64_t>& number) {
    const auto found = json.find(name);
    if (found == json.end()) return {};
    if (!found->is_number_integer())
        return fail(ErrorCode::Malformed, source + ": \"" + name + "\" is " + found->dump() +
                                              "; expected a whole number");
    number = found->get<std::int64_t>();
    return {};
}

} // namespace

OrderedJson provenanceJson(const Provenance& provenance) {
    OrderedJson json = {{"version", programVersion()}};
    const auto addText = [&](const char* name, const std::string& text) {
        if (!text.empty()) json[name] = text;
    };
    const auto addNumber = [&](const char* name, std::optional<std::int64_t> number) {
        if (number) json[name] = *number;
    };
    addText("checkpoint", provenance.checkpoint);
    addText("scheme", provenance.scheme);
    addNumber("L0", provenance.trainLength);
    addNumber("n", provenance.length);
    addNumber("tokens", provenance.tokens);
    addText("precision", provenance.precision);
    addText("device", provenance.device);
    addNumber("seed", provenance.seed);
    return json;
}

Expected<Provenance> provenanceFromJson(const Json& json, const std::string& source) {
    if (!json.is_object())
        return fail(ErrorCode::Malformed, source + ": the provenance is no object");
    Provenance read;
    return readText(json, "checkpoint", source, read.checkpoint)
        .and_then([&] { return readText(json, "scheme", source, read.scheme); })
        .and_then([&] { return readNumber(json, "L0", source, read.trainLength); })
        .and_then([&] { return readNumber(json, "n", source, read.length); })
        .and_then([&] { return readNumber(json, "tokens", source, read.tokens); })
        .and_then([&] { return readText(json, "precision", source, read.precision); })
        .and_then([&] { return readText(json, "device", source, read.device); })
        .and_then([&] { return readNumber(json, "seed", source, read.seed); })
        .map([&] { return read; });
}

std::string jsonText(const OrderedJson& json, int indent) {
    return json.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
}

} // namespace isentrope
