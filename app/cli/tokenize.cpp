// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/text_source.h"
#include "core/base/json.h"
#include "core/base/number.h"
#include "core/checkpoint/location.h"
#include "core/checkpoint/model_config.h"
#include "core/scheme/catalogue.h"
#include "core/text/tokenizer.h"

#include <iostream>

namespace isentrope::cli {
namespace {

Expected<Vocabulary> openVocabulary(const std::string& source) {
    const auto location = locateCheckpoint(source);
    if (!location) return tl::unexpected(location.error());
    const auto config = readModelConfig(location->config, Catalogue::builtIn());
    if (!config) return tl::unexpected(config.error());
    if (location->vocabulary.empty())
        return fail(ErrorCode::NotFound, location->folder.string() +
                                             ": has no vocab.txt; a text needs it, one entry a "
                                             "line. Ids can be given with --ids-file.");
    return Vocabulary::read(location->vocabulary);
}

Expected<ModelInput> makeFrom(const TextSource& source, const Vocabulary& vocabulary,
                              const InputOptions& options) {
    if (source.kind == TextSource::Kind::Ids)
        return makeInputFromIds(source.content, static_cast<std::int64_t>(vocabulary.size()),
                                vocabulary.pad(), options);
    return makeInput(Tokenizer(vocabulary).tokenize(source.content), vocabulary, options);
}

void printJson(const ModelInput& input, const Vocabulary& vocabulary) {
    OrderedJson json;
    json["ids"] = input.ids;
    json["tokens"] = OrderedJson::array();
    json["bytes"] = OrderedJson::array();
    for (const Token& token : input.tokens) {
        json["tokens"].push_back(vocabulary.entry(token.id));
        json["bytes"].push_back({token.begin, token.end});
    }
    std::cout << json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) << "\n";
}

/// A line a token: place, id, token, the bytes it stands for and what they say.
void printTable(const ModelInput& input, const Vocabulary& vocabulary, const std::string& text) {
    for (std::size_t at = 0; at < input.tokens.size(); ++at) {
        const Token& token = input.tokens[at];
        std::cout << at << "\t" << token.id << "\t" << vocabulary.entry(token.id) << "\t"
                  << token.begin << "-" << token.end;
        if (token.id == vocabulary.unknown() && token.end > token.begin)
            std::cout << "\t" << text.substr(token.begin, token.end - token.begin);
        std::cout << "\n";
    }
}

Expected<void> run(const Arguments& arguments) {
    const auto source = readTextSource(arguments);
    if (!source) return tl::unexpected(source.error());
    auto options = readInputOptions(arguments);
    if (!options) return tl::unexpected(options.error());
    const auto vocabulary = openVocabulary(arguments.positionals().front());
    if (!vocabulary) return tl::unexpected(vocabulary.error());
    const auto input = makeFrom(*source, *vocabulary, *options);
    if (!input) return tl::unexpected(input.error());
    if (!source->report.empty()) std::cerr << source->report << "\n";
    std::cerr << input->report << "\n";
    if (arguments.has("--json"))
        printJson(*input, *vocabulary);
    else
        printTable(*input, *vocabulary, source->content);
    return {};
}

} // namespace

Command tokenizeCommand() {
    CommandSpec spec;
    spec.name = "tokenize";
    spec.summary = "show how a text is cut into tokens";
    spec.description =
        "Cuts a text as the model sees it: ids, tokens, and the bytes of the text that each token "
        "stands for. The checkpoint needs only its config.json and vocab.txt.";
    spec.positionals = {{"CHECKPOINT", "a folder, a weights file, demo:NAME, or a cached name"}};
    spec.options = textSourceOptions();
    for (Option& option : inputOptions())
        spec.options.push_back(std::move(option));
    spec.examples = {"isentrope-cli tokenize ./my-gau --text \"今天[MASK]很好\"",
                     "isentrope-cli tokenize ./my-gau --text-file book.txt --length 512 --json"};
    return {spec, run};
}

} // namespace isentrope::cli
