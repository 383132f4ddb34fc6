// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/attention_file.h"
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/layer_list.h"
#include "app/cli/model_session.h"
#include "app/cli/progress_line.h"
#include "core/base/json.h"
#include "core/base/machine.h"
#include "core/base/number.h"

#include <cmath>
#include <iostream>

namespace isentrope::cli {
namespace {

namespace fs = std::filesystem;

/// The whole maps must fit in memory four times out of five: whoever reads them will want to.
Expected<void> checkFull(const ModelSession& session, const std::vector<int>& layers,
                         std::int64_t length) {
    const std::uint64_t needed = fullBytes(static_cast<std::int64_t>(layers.size()), length,
                                           session.checkpoint.config().vocabulary);
    const std::uint64_t available = hostMemory().freeBytes;
    if (static_cast<double>(needed) <= 0.8 * static_cast<double>(available)) return {};
    return fail(ErrorCode::OutOfMemory,
                "--full needs " + humanBytes(static_cast<double>(needed)) + " for " +
                    std::to_string(layers.size()) + " maps of " + grouped(length) + " x " +
                    grouped(length) + " and the logits, " +
                    humanBytes(static_cast<double>(available)) +
                    " are free; choose fewer --layers or a smaller --length.");
}

Expected<void> makeFolder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error || !fs::is_directory(folder))
        return fail(ErrorCode::WriteFailed, folder.string() + ": cannot be made (" +
                                                error.message() + "); choose another --out.");
    return {};
}

Provenance provenanceOf(const ModelSession& session, const ForwardResult& result) {
    Provenance provenance;
    provenance.checkpoint = session.sha256;
    provenance.scheme = result.plan.scheme;
    provenance.trainLength = result.plan.trainLength;
    provenance.length = result.length;
    provenance.tokens = result.tokens;
    provenance.precision = precisionName(result.precision);
    provenance.device = result.device;
    return provenance;
}

double meanEntropy(const RowStatistics<float>& statistics) {
    double sum = 0;
    std::int64_t rows = 0;
    for (const float value : statistics.entropy) {
        if (std::isnan(value)) continue;
        sum += static_cast<double>(value);
        ++rows;
    }
    return rows > 0 ? sum / static_cast<double>(rows) : std::nan("");
}

OrderedJson summary(const ForwardResult& result, const fs::path& file) {
    OrderedJson json = {
        {"scheme", result.plan.scheme}, {"file", file.string()},
        {"length", result.length},      {"tokens", result.tokens},
        {"device", result.device},      {"precision", precisionName(result.precision)},
        {"seconds", result.seconds},    {"layers", OrderedJson::array()},
        {"notes", result.notes}};
    for (const LayerResult& layer : result.layers)
        json["layers"].push_back(
            {{"layer", layer.layer}, {"entropy_mean", meanEntropy(layer.statistics)}});
    return json;
}

void printSummary(const OrderedJson& json) {
    std::cout << json["scheme"].get<std::string>() << "  "
              << shortest(std::round(json["seconds"].get<double>() * 1000) / 1000) << " s  "
              << json["file"].get<std::string>() << "\n  mean entropy by layer, nats:";
    for (const OrderedJson& layer : json["layers"]) {
        const double entropy =
            layer["entropy_mean"].is_null() ? std::nan("") : layer["entropy_mean"].get<double>();
        std::cout << " " << shortest(std::round(entropy * 1000) / 1000);
    }
    std::cout << "\n";
    for (const OrderedJson& note : json["notes"])
        std::cout << "  " << note.get<std::string>() << "\n";
}

/// Runs one scheme and writes its file.
Expected<OrderedJson> attendOne(ModelSession& session, const PreparedText& text, const Plan& plan,
                                RunOptions options, bool full, const fs::path& folder) {
    ProgressLine line(plan.scheme);
    options.progress = [&](const Progress& progress) {
        line.show(progress.stage, full ? progress.share / 2 : progress.share);
    };
    const auto result = session.model->forward(text.input.ids, text.openKey, plan, options);
    if (!result) return tl::unexpected(result.error());
    AttentionFile file;
    file.path = folder / (schemeFileName(plan.scheme) + ".safetensors");
    file.provenance = provenanceOf(session, *result);
    file.result = &*result;
    file.ids = &text.input.ids;
    file.vocabulary = session.checkpoint.config().vocabulary;
    file.full = full ? session.model.get() : nullptr;
    file.progress = [&](double share) {
        line.show("writing maps", 0.5 + share / 2);
        return !interruptToken().stop_requested();
    };
    const auto written = writeAttentionFile(file);
    session.model->release(result->trace);
    if (!written) return tl::unexpected(written.error());
    return summary(*result, file.path);
}

Expected<void> run(const Arguments& arguments) {
    const auto schemes = readSchemes(arguments);
    if (!schemes) return tl::unexpected(schemes.error());
    auto session = ModelSession::open(arguments, arguments.positionals().front());
    if (!session) return tl::unexpected(session.error());
    const auto layers = parseLayers(arguments.value("--layers").value_or("all"),
                                    session->checkpoint.config().layers);
    if (!layers) return tl::unexpected(layers.error());
    const auto text = prepareText(arguments, session->checkpoint);
    if (!text) return tl::unexpected(text.error());
    const bool full = arguments.has("--full");
    const auto length = static_cast<std::int64_t>(text->input.ids.size());
    if (full)
        if (auto fits = checkFull(*session, *layers, length); !fits) return fits;
    std::vector<Plan> plans;
    for (const NamedScheme& scheme : *schemes) {
        auto plan = planFor(scheme, session->checkpoint, text->input);
        if (!plan) return tl::unexpected(plan.error());
        plans.push_back(*std::move(plan));
    }
    const fs::path folder = arguments.value("--out").value_or("");
    if (auto made = makeFolder(folder); !made) return made;

    RunOptions options;
    options.precision = session->choice.precision;
    options.threads = session->choice.threads;
    options.layers = *layers;
    options.keepTrace = full;
    options.allLogits = full;
    options.stop = interruptToken();
    OrderedJson list = OrderedJson::array();
    for (const Plan& plan : plans) {
        const auto done = attendOne(*session, *text, plan, options, full, folder);
        if (!done) return tl::unexpected(done.error());
        if (arguments.has("--json"))
            list.push_back(*done);
        else
            printSummary(*done);
    }
    if (arguments.has("--json"))
        std::cout << list.dump(2, ' ', false, OrderedJson::error_handler_t::replace) << "\n";
    return {};
}

} // namespace

Command attendCommand() {
    CommandSpec spec;
    spec.name = "attend";
    spec.summary = "run a text under schemes and save the statistics of every row";
    spec.description =
        "Runs a text through the model under each scheme and writes one safetensors file a scheme: "
        "per layer the log-sum-exp, entropy, near, range and sink mass, largest weight and mean "
        "distance of every row, and a pooled map. No n x n array is ever held, so long texts run.";
    spec.positionals = {{"CHECKPOINT", "a folder, a weights file, demo:NAME, or a cached name"}};
    spec.options = {schemeOption(),
                    {.name = "--out",
                     .placeholder = "DIR",
                     .meaning = "folder for the files, one a scheme",
                     .required = true}};
    for (auto* group : {&textSourceOptions, &inputOptions, &runOptions})
        for (Option& option : (*group)())
            spec.options.push_back(std::move(option));
    spec.options.push_back(
        {"--full", "", "also every n x n map and the output logits, where memory allows"});
    spec.examples = {
        "isentrope-cli attend ./my-gau --text-file book.txt --length 4096 --scheme "
        "\"rope+softmax;rerope+logn\" --out maps",
        "isentrope-cli attend ./my-gau --text \"今天[MASK]很好\" --scheme rope --full --out maps"};
    return {spec, run};
}

} // namespace isentrope::cli
