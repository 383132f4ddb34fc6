// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/number.h"
#include "core/scheme/axis.h"
#include "core/scheme/catalogue.h"
#include "core/scheme/notation.h"

namespace isentrope {
namespace {

std::string parametersText(const Part& part, const Entry* entry) {
    std::string list;
    const auto add = [&](const std::string& key, double value) {
        list += (list.empty() ? "" : ",") + key + "=" + shortest(value);
    };
    if (!entry) {
        for (const auto& [key, value] : part.parameters)
            add(key, value);
    } else {
        for (const Parameter& parameter : entry->parameters) {
            const auto given = part.parameters.find(parameter.key);
            if (given != part.parameters.end() && given->second != parameter.number)
                add(parameter.key, given->second);
        }
    }
    return list.empty() ? list : "(" + list + ")";
}

/// Similarity prints whenever it was given: its default is the checkpoint's, not ours.
std::string partText(Axis axis, const std::optional<Part>& part, const Catalogue& catalogue) {
    const bool always = axis == Axis::Position || axis == Axis::Temperature;
    const std::string& absent = catalogue.defaultOf(axis).id;
    if (!part) return always ? absent : std::string();
    if (!part->formula.empty()) return part->name + "(\"" + part->formula + "\")";
    std::string text = part->name + parametersText(*part, catalogue.find(part->name));
    return text == absent && !always && axis != Axis::Similarity ? std::string() : text;
}

} // namespace

std::string canonical(const Scheme& scheme, const Catalogue& catalogue) {
    std::string text;
    for (const Axis axis : allAxes) {
        const std::string part = partText(axis, scheme.part(axis), catalogue);
        if (!part.empty()) text += (text.empty() ? "" : "+") + part;
    }
    return text;
}

std::vector<std::string> splitSchemes(std::string_view text) {
    std::vector<std::string> schemes;
    std::string current;
    bool quoted = false;
    const auto finish = [&] {
        const std::size_t begin = current.find_first_not_of(" \t\r\n");
        const std::size_t end = current.find_last_not_of(" \t\r\n");
        if (begin != std::string::npos) schemes.push_back(current.substr(begin, end - begin + 1));
        current.clear();
    };
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        if (c == ';' && !quoted)
            finish();
        else
            current += c;
    }
    finish();
    return schemes;
}

} // namespace isentrope
