// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/plan.h"
#include "app/cli/command.h"
#include "app/cli/help.h"
#include "core/base/number.h"
#include "core/scheme/catalogue.h"
#include "core/scheme/notation.h"
#include "core/scheme/warnings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iostream>

namespace isentrope::cli {
namespace {

constexpr std::int64_t longest = 1'048'576;

Expected<PlanRequest> readRequest(const Arguments& arguments) {
    const auto length = arguments.integer("--length", 0, 1, longest);
    if (!length) return tl::unexpected(length.error());
    const auto tokens = arguments.integer("--tokens", *length, 1, *length);
    if (!tokens) return tl::unexpected(tokens.error());
    const auto trainLength = arguments.integer("--train-length", 0, 1, longest);
    if (!trainLength) return tl::unexpected(trainLength.error());
    const auto keySize = arguments.integer("--key-size", 0, 2, 65536);
    if (!keySize) return tl::unexpected(keySize.error());
    PlanRequest request;
    request.length = *length;
    request.tokens = *tokens;
    request.trainLength = *trainLength;
    request.keySize = static_cast<int>(*keySize);
    return request;
}

std::string significant(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
}

/// First, a few in the middle and last of a table, with where they stand.
std::string samples(const std::vector<double>& table, const std::string& variable) {
    std::string text;
    std::size_t last = table.size();
    for (std::size_t at = 0; at < table.size(); at = at == 0 ? 1 : at * 4) {
        text += (text.empty() ? "" : "   ") + variable + "=" + std::to_string(at) + ": " +
                significant(table[at]);
        last = at;
    }
    if (last + 1 < table.size())
        text += "   " + variable + "=" + std::to_string(table.size() - 1) + ": " +
                significant(table.back());
    return text;
}

void row(const std::string& name, const std::string& value) {
    std::string line = "  " + name;
    line.append(name.size() < 18 ? 18 - name.size() : 1, ' ');
    std::cout << line << value << "\n";
}

/// Slow planes never complete a turn within L0: the reason why positions fail beyond it.
std::string planes(const Plan& plan) {
    constexpr double turn = 2 * 3.14159265358979323846;
    const auto& angles = plan.position.angles;
    const auto still = std::count(angles.begin(), angles.end(), 0.0);
    const auto turning = std::count_if(angles.begin(), angles.end(), [&](double angle) {
        return angle * static_cast<double>(plan.trainLength) >= turn;
    });
    return std::to_string(angles.size()) + ", of which " + std::to_string(turning) +
           " turn at least once within L0 and " + std::to_string(still) + " stand still";
}

std::string rule(const PositionPlan& position) {
    const std::string w = shortest(position.w);
    switch (position.rule) {
    case PositionPlan::Rule::Plain:
        return "the distance i - j itself";
    case PositionPlan::Rule::ReRope:
        return "i - j, held at " + w + " from there on";
    case PositionPlan::Rule::Leaky:
        return "i - j up to " + w + ", then in steps of 1/" + shortest(position.k);
    case PositionPlan::Rule::SelfExtend:
        return "i - j up to " + w + ", then in groups of " + shortest(position.g);
    case PositionPlan::Rule::ReRopeRef:
        return "i - j up to " + w + ", then the reference code's scrambled product";
    }
    return {};
}

std::string mask(const MaskPlan& mask) {
    if (!mask.window) return "every pair is open";
    std::string text = "|i - j| <= " + std::to_string(*mask.window);
    if (mask.sinks > 0)
        text += ", and the first " + std::to_string(mask.sinks) + " rows and columns";
    return text;
}

void printPlan(const Plan& plan, const std::vector<Warning>& notes) {
    std::cout << plan.scheme << "   n = " << grouped(plan.length)
              << ", L0 = " << grouped(plan.trainLength) << ", d = " << plan.keySize << "\n";
    row("similarity", plan.similarity.kind == Similarity::Kind::Dot
                          ? "q.k / sqrt(d)"
                          : shortest(plan.similarity.scale) + " times the cosine of q and k");
    row("position", rule(plan.position));
    row("planes", planes(plan));
    if (plan.position.magnitude != 1) row("magnitude", significant(plan.position.magnitude));
    if (plan.adaptive)
        row("factor", "read from each row's entropy (adaptive)");
    else if (!plan.rowFactor.empty())
        row("factor by row", samples(plan.rowFactor, "i"));
    else if (!plan.distanceFactor.empty())
        row("factor by distance", samples(plan.distanceFactor, "t"));
    else
        row("factor", significant(plan.factor));
    if (!plan.distanceBias.empty()) row("bias by distance", samples(plan.distanceBias, "t"));
    row("mask", mask(plan.mask));
    for (const Warning& note : notes)
        std::cout << wrapped((note.level == WarningLevel::Warning ? "! " : "i ") + note.text, 2);
}

Expected<void> run(const Arguments& arguments) {
    const Catalogue& catalogue = Catalogue::builtIn();
    auto request = readRequest(arguments);
    if (!request) return tl::unexpected(request.error());
    const auto trained =
        parseScheme(arguments.value("--trained").value_or("dot+rope+softmax"), catalogue);
    if (!trained) return tl::unexpected(trained.error());
    const auto trainedPlan = compile(*trained, catalogue, *request);
    if (!trainedPlan) return tl::unexpected(trainedPlan.error());
    request->trained = trainedPlan->similarity;
    const auto scheme = parseScheme(arguments.value("--scheme").value_or(""), catalogue);
    if (!scheme) return tl::unexpected(scheme.error());
    const auto plan = compile(*scheme, catalogue, *request);
    if (!plan) return tl::unexpected(plan.error());
    if (arguments.has("--json"))
        std::cout << planJson(*plan) << "\n";
    else
        printPlan(*plan, warnings(*scheme, catalogue, *request, *trained));
    return {};
}

} // namespace

Command planCommand() {
    CommandSpec spec;
    spec.name = "plan";
    spec.summary = "show exactly what a scheme does to the logits at a length";
    spec.description =
        "Compiles a scheme for one length: angles of every plane, factors, biases and mask, as "
        "every kernel gets them. No checkpoint is needed.";
    Option scheme = schemeOption();
    scheme.repeatable = false;
    scheme.meaning = "the scheme; see `isentrope-cli schemes`";
    spec.options = {scheme,
                    {.name = "--length",
                     .placeholder = "N",
                     .meaning = "n, the length that is run",
                     .required = true},
                    {.name = "--train-length",
                     .placeholder = "L",
                     .meaning = "L0, the length it was trained at",
                     .required = true},
                    {.name = "--key-size",
                     .placeholder = "D",
                     .meaning = "d, the size of q and k",
                     .required = true},
                    {"--tokens", "N", "how many of them are not padding (all)"},
                    {"--trained", "S", "the scheme it was trained with (rope+softmax)"}};
    spec.examples = {
        "isentrope-cli plan --scheme rope+infoscale --length 4096 --train-length 64 --key-size 128",
        "isentrope-cli plan --scheme \"rerope(w=32)+logn\" --length 1024 --train-length 64 "
        "--key-size 128 --json"};
    return {spec, run};
}

} // namespace isentrope::cli
