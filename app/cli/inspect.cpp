// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/help.h"
#include "core/base/number.h"
#include "core/checkpoint/cache_listing.h"
#include "core/checkpoint/demo.h"
#include "core/checkpoint/inspection.h"
#include "core/scheme/catalogue.h"

#include <iostream>
#include <unistd.h>

namespace isentrope::cli {
namespace {

void row(const std::string& name, const std::string& value) {
    std::string label = name;
    label.resize(16, ' ');
    std::cout << "  " << label << value << "\n";
}

std::string number(const OrderedJson& value) {
    return grouped(value.get<std::int64_t>());
}

std::string filesText(const OrderedJson& files) {
    std::string text;
    for (const OrderedJson& file : files)
        text += (text.empty() ? "" : ", ") + file["name"].get<std::string>() + " (" +
                humanBytes(file["bytes"].get<double>()) + ")";
    return text;
}

void printList(const std::string& title, const OrderedJson& list) {
    for (const OrderedJson& item : list)
        std::cout << wrapped(title + item.get<std::string>(), 2);
}

void printTensors(const OrderedJson& tensors) {
    for (const OrderedJson& tensor : tensors) {
        std::string shape;
        for (const OrderedJson& size : tensor["shape"])
            shape += (shape.empty() ? "" : " x ") + size.dump();
        row("", tensor["name"].get<std::string>() + "  " + shape + "  " +
                    tensor["type"].get<std::string>());
    }
}

void printCheckpoint(const OrderedJson& json, bool withTensors) {
    std::cout << json["source"].get<std::string>() << "\n";
    row("folder", json["folder"].get<std::string>());
    row("weights", json["format"].get<std::string>() + ", " + filesText(json["files"]));
    row("sha256", json["sha256"].get<std::string>());
    row("parameters",
        number(json["parameters"]) +
            (json["tied"].get<bool>() ? ", decoder tied to the embedding" : ", own decoder"));
    row("layers", number(json["layers"]));
    row("sizes", "hidden " + number(json["hidden"]) + ", intermediate " +
                     number(json["intermediate"]) + ", key " + number(json["key_size"]) +
                     ", vocabulary " + number(json["vocabulary"]));
    row("L0", number(json["train_length"]) + ", " + json["train_length_origin"].get<std::string>());
    row("trained with", json["scheme"].get<std::string>());
    const auto vocabulary = json["vocabulary_file"].get<std::string>();
    row("vocabulary", vocabulary.empty() ? "no vocab.txt: only ids can be run" : vocabulary);
    if (withTensors) {
        row("tensors", std::to_string(json["tensors"].size()));
        printTensors(json["tensors"]);
    }
    printList("assumed: ", json["assumed"]);
    printList("ignored: ", json["ignored"]);
    printList("! ", json["warnings"]);
}

/// What cannot be used is grey on a terminal, and says why everywhere.
void printModel(const CachedModel& model, bool terminal) {
    const CachedSnapshot& snapshot = model.snapshot;
    std::string line = snapshot.name;
    if (!snapshot.commit.empty()) line += "@" + snapshot.commit.substr(0, 8);
    for (const std::string& ref : snapshot.refs)
        line += " (" + ref + ")";
    if (model.bytes > 0) line += "  " + humanBytes(static_cast<double>(model.bytes));
    if (model.trainLength) line += "  L0 " + grouped(*model.trainLength);
    if (!model.usable()) line += "  not usable: " + model.reason;
    const bool grey = terminal && !model.usable();
    std::cout << "  " << (grey ? "\033[90m" : "") << line << (grey ? "\033[0m" : "") << "\n";
}

Expected<void> list(bool json) {
    const auto roots = standardCacheRoots();
    const auto models = listCachedModels(roots, Catalogue::builtIn());
    const auto folders = standardDemoFolders();
    const auto demos = demoNames(folders);
    if (json) {
        std::cout << cacheListing(models).dump(2) << "\n";
        return {};
    }
    for (const std::string& demo : demos)
        std::cout << "  demo:" << demo << "\n";
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    for (const CachedModel& model : models)
        printModel(model, terminal);
    if (models.empty()) {
        std::cout << "No model is cached. Looked into:\n";
        for (const auto& root : roots)
            std::cout << "  " << root.string() << "\n";
    }
    return {};
}

Expected<void> run(const Arguments& arguments) {
    const bool json = arguments.has("--json");
    if (arguments.has("--list") && !arguments.positionals().empty())
        return fail(ErrorCode::BadUsage, "inspect takes a CHECKPOINT or --list, not both.");
    if (arguments.has("--list")) return list(json);
    if (arguments.positionals().empty())
        return fail(ErrorCode::BadUsage,
                    "inspect needs a CHECKPOINT (a folder, a weights file, demo:NAME, or a name in "
                    "the Hugging Face cache), or --list.");
    const auto checkpoint = Checkpoint::open(arguments.positionals().front(), Catalogue::builtIn());
    if (!checkpoint) return tl::unexpected(checkpoint.error());
    const auto facts = inspection(*checkpoint);
    if (!facts) return tl::unexpected(facts.error());
    if (json)
        std::cout << facts->dump(2, ' ', false, OrderedJson::error_handler_t::replace) << "\n";
    else
        printCheckpoint(*facts, arguments.has("--tensors"));
    return {};
}

} // namespace

Command inspectCommand() {
    CommandSpec spec;
    spec.name = "inspect";
    spec.summary = "say what a checkpoint is, or list the cached ones";
    spec.description =
        "Opens a checkpoint without running it: sizes, training length, the scheme it was trained "
        "with, the sha256 of its weights, what was assumed and what is odd. Nothing in the files "
        "is "
        "executed, whatever they hold.";
    spec.positionals = {{"CHECKPOINT",
                         "a folder, a weights file, demo:NAME, or a name in the "
                         "Hugging Face cache such as org/name or org/name@revision",
                         false}};
    spec.options = {{"--list", "", "list the bundled checkpoints and the Hugging Face cache"},
                    {"--tensors", "", "name every tensor with its shape and type"}};
    spec.examples = {"isentrope-cli inspect ./my-gau",
                     "isentrope-cli inspect junnyu/chinese_GAU-alpha-char_L-24_H-768",
                     "isentrope-cli inspect --list"};
    return {spec, run};
}

} // namespace isentrope::cli
