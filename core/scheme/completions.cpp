// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/nearest.h"
#include "core/scheme/axis.h"
#include "core/scheme/catalogue.h"
#include "core/scheme/notation.h"
#include "core/scheme/text.h"

#include <algorithm>
#include <set>

namespace isentrope {
namespace {

/// The text cut at `separator` outside quotes and parentheses.
std::vector<std::string_view> pieces(std::string_view text, char separator) {
    std::vector<std::string_view> cut;
    bool quoted = false;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '(') ++depth;
        if (c == ')') --depth;
        if (c == separator && depth <= 0) {
            cut.push_back(text.substr(begin, at - begin));
            begin = at + 1;
        }
    }
    cut.push_back(text.substr(begin));
    return cut;
}

std::string_view nameOf(std::string_view piece) {
    return trimmed(piece.substr(0, piece.find('(')));
}

std::optional<Axis> axisOf(std::string_view name, const Catalogue& catalogue) {
    if (const Entry* const entry = catalogue.find(name)) return entry->axis;
    const auto axis = axisCalled(name);
    return axis && takesOwnFormula(*axis) ? axis : std::nullopt;
}

std::vector<std::string> fitting(std::string_view prefix, const std::vector<std::string>& all) {
    std::vector<std::string> fits;
    for (const std::string& name : all) {
        if (name.starts_with(prefix)) fits.push_back(name);
    }
    for (const std::string& name : all) {
        if (!name.starts_with(prefix) && name.find(prefix) != std::string::npos)
            fits.push_back(name);
    }
    if (fits.empty()) {
        if (auto near = nearestName(prefix, all)) fits.push_back(std::move(*near));
    }
    return fits;
}

std::vector<std::string> names(std::string_view prefix, const std::set<Axis>& taken,
                               const Catalogue& catalogue) {
    std::vector<std::string> free;
    for (const Entry& entry : catalogue.entries()) {
        if (!taken.contains(entry.axis)) free.push_back(entry.id);
    }
    for (const Axis axis : allAxes) {
        if (takesOwnFormula(axis) && !taken.contains(axis))
            free.push_back(std::string(axisName(axis)) + "(\"");
    }
    return fitting(prefix, free);
}

/// `list` is what stands between the parenthesis and the caret.
std::vector<std::string> keysOrValue(const Entry& entry, std::string_view list) {
    const std::vector<std::string_view> given = pieces(list, ',');
    const std::string_view last = trimmed(given.back());
    if (const std::size_t equals = last.find('='); equals != std::string_view::npos) {
        const Parameter* const parameter = entry.parameter(trimmed(last.substr(0, equals)));
        if (!parameter || !parameter->number) return {};
        return fitting(trimmed(last.substr(equals + 1)), {parameter->defaultText});
    }
    std::vector<std::string> keys;
    for (const Parameter& parameter : entry.parameters) {
        const bool used = std::any_of(given.begin(), given.end(), [&](std::string_view one) {
            return trimmed(one.substr(0, one.find('='))) == parameter.key &&
                   one.find('=') != std::string_view::npos;
        });
        if (!used) keys.push_back(parameter.key + "=");
    }
    return fitting(last, keys);
}

std::vector<std::string> formulaWords(std::string_view formula) {
    std::size_t begin = formula.size();
    while (begin > 0 && (isLetter(formula[begin - 1]) || isDigit(formula[begin - 1])))
        --begin;
    return fitting(formula.substr(begin), {"n", "L", "d", "t", "i", "ln(", "log2(", "exp(", "sqrt(",
                                           "abs(", "min(", "max(", "floor("});
}

} // namespace

std::vector<std::string> completions(std::string_view text, std::size_t column,
                                     const Catalogue& catalogue) {
    const std::size_t caret = byteAt(text, std::max<std::size_t>(column, 1));
    const std::vector<std::string_view> before = pieces(text.substr(0, caret), '+');
    const std::string_view current = before.back();
    const std::size_t open = current.find('(');
    if (std::count(current.begin(), current.end(), '"') % 2 == 1)
        return formulaWords(current.substr(current.rfind('"') + 1));
    if (open != std::string_view::npos && current.find(')', open) == std::string_view::npos) {
        const Entry* const entry = catalogue.find(nameOf(current));
        return entry ? keysOrValue(*entry, current.substr(open + 1)) : std::vector<std::string>();
    }
    std::set<Axis> taken;
    const std::vector<std::string_view> all = pieces(text, '+');
    for (std::size_t at = 0; at < all.size(); ++at) {
        const auto axis = axisOf(nameOf(all[at]), catalogue);
        if (axis && at + 1 != before.size()) taken.insert(*axis);
    }
    return names(trimmed(current), taken, catalogue);
}

} // namespace isentrope
