// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/help.h"
#include "core/base/json.h"
#include "core/base/number.h"
#include "core/scheme/axis.h"
#include "core/scheme/catalogue.h"

#include <iostream>

namespace isentrope::cli {
namespace {

OrderedJson parameterJson(const Parameter& parameter) {
    OrderedJson object;
    object["key"] = parameter.key;
    object["meaning"] = parameter.meaning;
    if (parameter.number)
        object["default"] = *parameter.number;
    else
        object["default"] = parameter.defaultText;
    object["min"] = parameter.least;
    object["max"] = parameter.most;
    object["step"] = parameter.step;
    return object;
}

OrderedJson entryJson(const Entry& entry) {
    OrderedJson object;
    object["id"] = entry.id;
    object["axis"] = axisName(entry.axis);
    object["formula"] = entry.formula;
    object["parameters"] = OrderedJson::array();
    for (const Parameter& parameter : entry.parameters)
        object["parameters"].push_back(parameterJson(parameter));
    object["source"] = entry.source;
    object["meaning"] = entry.meaning;
    if (!entry.departure.empty()) object["departure"] = entry.departure;
    return object;
}

/// "logn(L=L0)": the part as one would write it, with the defaults.
std::string notationOf(const Entry& entry) {
    std::string text;
    for (const Parameter& parameter : entry.parameters)
        text += (text.empty() ? "(" : ",") + parameter.key +
                (parameter.defaultText.empty() ? "" : "=" + parameter.defaultText);
    return entry.id + (text.empty() ? "" : text + ")");
}

void printEntry(const Entry& entry) {
    std::cout << "  " << notationOf(entry) << "\n"
              << wrapped(entry.meaning, 6) << wrapped(entry.formula, 6);
    if (!entry.departure.empty()) std::cout << wrapped("Departs: " + entry.departure, 6);
    std::cout << wrapped("[" + entry.source + "]", 6);
}

Expected<void> run(const Arguments& arguments) {
    const Catalogue& catalogue = Catalogue::builtIn();
    const auto wanted = arguments.value("--axis");
    OrderedJson list = OrderedJson::array();
    for (const Axis axis : allAxes) {
        if (wanted && axisName(axis) != *wanted) continue;
        if (!arguments.has("--json")) std::cout << axisName(axis) << "\n";
        for (const Entry& entry : catalogue.entries()) {
            if (entry.axis != axis) continue;
            if (arguments.has("--json"))
                list.push_back(entryJson(entry));
            else
                printEntry(entry);
        }
    }
    if (arguments.has("--json")) std::cout << list.dump(2) << "\n";
    return {};
}

} // namespace

Command schemesCommand() {
    CommandSpec spec;
    spec.name = "schemes";
    spec.summary = "list every similarity, position, temperature, bias and mask";
    spec.description =
        "Lists the catalogue: each part with its parameters and their defaults, what it means, its "
        "formula and where it comes from. A scheme joins at most one part of each axis with +, "
        "for example rerope(w=32)+logn. Own formulas stand in quotes: "
        "temperature(\"ln(n)/ln(L)\") and bias(\"-t/64\") over n, L, d, t = |i-j| and i.";
    spec.options = {{"--axis",
                     "A",
                     "only this axis",
                     {"similarity", "position", "temperature", "bias", "mask"}}};
    spec.examples = {"isentrope-cli schemes --axis temperature", "isentrope-cli schemes --json"};
    return {spec, run};
}

} // namespace isentrope::cli
