// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/model_session.h"

#include "app/cli/text_source.h"
#include "core/base/number.h"
#include "core/scheme/catalogue.h"
#include "core/scheme/notation.h"
#include "core/scheme/warnings.h"
#include "core/text/tokenizer.h"

#include <algorithm>
#include <iostream>

namespace isentrope::cli {
namespace {

constexpr int mostThreads = 1024;

Expected<RunChoice> readChoice(const Arguments& arguments) {
    const auto threads = arguments.integer("--threads", 0, 1, mostThreads);
    if (!threads) return tl::unexpected(threads.error());
    RunChoice choice;
    choice.device = arguments.value("--device").value_or("auto");
    choice.threads = static_cast<int>(*threads);
    return choice;
}

/// "auto" is the first usable device of the engine that was loaded for it.
Expected<DeviceInfo> chooseDevice(const Engine& engine, const std::string& asked) {
    const auto devices = engine.devices();
    for (const DeviceInfo& device : devices) {
        const bool wanted =
            asked == "auto" || device.id == asked || device.id.starts_with(asked + ":");
        if (wanted && device.usable) return device;
        if (wanted && asked != "auto")
            return fail(ErrorCode::NoDevice, asked + " cannot be used: " + device.reason);
    }
    std::string known;
    for (const DeviceInfo& device : devices)
        known += (known.empty() ? "" : ", ") + device.id;
    return fail(ErrorCode::NoDevice,
                "there is no device `" + asked + "`; this machine has " + known + ".");
}

} // namespace

Expected<ModelSession> ModelSession::open(const Arguments& arguments, const std::string& source) {
    auto choice = readChoice(arguments);
    if (!choice) return tl::unexpected(choice.error());
    auto checkpoint = Checkpoint::open(source, Catalogue::builtIn());
    if (!checkpoint) return tl::unexpected(checkpoint.error());
    auto sha256 = checkpoint->sha256();
    if (!sha256) return tl::unexpected(sha256.error());
    const auto engine = loadEngine(choice->device);
    if (!engine) return tl::unexpected(engine.error());
    const auto device = chooseDevice(**engine, choice->device);
    if (!device) return tl::unexpected(device.error());
    const std::string asked =
        arguments.value("--precision").value_or(device->id == "cpu" ? "exact" : "fast");
    choice->precision = asked == "fast" ? Precision::Fast : Precision::Exact;
    auto model = (*engine)->load(*checkpoint, device->id, choice->precision, choice->threads);
    if (!model) return tl::unexpected(model.error());
    return ModelSession{*std::move(checkpoint), *sha256, *choice, device->id, *std::move(model)};
}

Expected<std::vector<NamedScheme>> readSchemes(const Arguments& arguments) {
    const Catalogue& catalogue = Catalogue::builtIn();
    std::vector<NamedScheme> schemes;
    for (const std::string& list : arguments.values("--scheme")) {
        for (const std::string& notation : splitSchemes(list)) {
            const auto scheme = parseScheme(notation, catalogue);
            if (!scheme) return tl::unexpected(scheme.error());
            const std::string name = canonical(*scheme, catalogue);
            const bool known = std::any_of(schemes.begin(), schemes.end(),
                                           [&](const auto& s) { return s.notation == name; });
            if (!known) schemes.push_back({name, *scheme});
        }
    }
    return schemes;
}

Expected<PreparedText> prepareText(const Arguments& arguments, const Checkpoint& checkpoint) {
    const auto source = readTextSource(arguments);
    if (!source) return tl::unexpected(source.error());
    const auto options = readInputOptions(arguments);
    if (!options) return tl::unexpected(options.error());
    const ModelConfig& config = checkpoint.config();
    Expected<ModelInput> input = tl::unexpected(Error{});
    if (source->kind == TextSource::Kind::Ids) {
        input = makeInputFromIds(source->content, config.vocabulary, config.padId, *options);
    } else {
        if (checkpoint.vocabularyFile().empty())
            return fail(ErrorCode::NotFound,
                        checkpoint.folder().string() +
                            ": has no vocab.txt, which a text needs; add it, or give --ids-file.");
        const auto vocabulary = Vocabulary::read(checkpoint.vocabularyFile());
        if (!vocabulary) return tl::unexpected(vocabulary.error());
        input = makeInput(Tokenizer(*vocabulary).tokenize(source->content), *vocabulary, *options);
    }
    if (!input) return tl::unexpected(input.error());
    if (!source->report.empty()) std::cerr << source->report << "\n";
    std::cerr << input->report << "\n";
    PreparedText text{*std::move(input), {}};
    const auto padId = static_cast<std::int32_t>(config.padId);
    const auto& ids = text.input.ids;
    if (std::find(ids.begin(), ids.end(), padId) != ids.end())
        for (const std::int32_t id : ids)
            text.openKey.push_back(id == padId ? 0 : 1);
    return text;
}

Expected<Plan> planFor(const NamedScheme& scheme, const Checkpoint& checkpoint,
                       const ModelInput& input) {
    const Catalogue& catalogue = Catalogue::builtIn();
    const ModelConfig& config = checkpoint.config();
    PlanRequest request;
    request.length = static_cast<std::int64_t>(input.ids.size());
    request.tokens = input.content;
    request.trainLength = config.trainLength;
    request.keySize = static_cast<int>(config.keySize);
    request.trained = config.similarity;
    const auto trained = parseScheme(config.scheme, catalogue);
    for (const Warning& warning :
         warnings(scheme.scheme, catalogue, request, trained ? *trained : Scheme()))
        if (warning.level == WarningLevel::Warning)
            std::cerr << scheme.notation << ": " << warning.text << "\n";
    return compile(scheme.scheme, catalogue, request);
}

} // namespace isentrope::cli
