// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/catalogue_reader.h"

#include "core/base/number.h"
#include "core/scheme/axis.h"
#include "core/scheme/catalogue_field.h"
#include "core/scheme/recipe_reader.h"
#include "core/scheme/warning_facts.h"

#include <set>

namespace isentrope {
namespace {

Formula::Grammar variables() {
    Formula::Grammar grammar;
    grammar.names = {
        {"n", slot::n},         {"L", slot::trainLength}, {"L0", slot::trainLength},
        {"d", slot::keySize},   {"t", slot::distance},    {"i", slot::query},
        {"plane", slot::plane}, {"s", slot::stretch},     {"trained_s", slot::trainedScale}};
    grammar.extended = true;
    grammar.indexSlot = slot::sumIndex;
    return grammar;
}

/// The default of a parameter may speak of the parameters before it.
Parameter readParameter(const CatalogueField& field, const Formula::Grammar& grammar) {
    Parameter parameter;
    parameter.key = field.text("key");
    parameter.meaning = field.text("meaning");
    parameter.least = field.number("min");
    parameter.most = field.number("max");
    parameter.step = field.number("step");
    parameter.missing = field.text("missing", "");
    if (field.has("multiple")) parameter.multiple = field.number("multiple");
    if (field.isNumber("default")) {
        parameter.number = field.number("default");
        parameter.defaultText = shortest(*parameter.number);
    } else {
        parameter.fallback = field.formula("default", grammar);
        parameter.defaultText = field.text("shown", "");
    }
    return parameter;
}

Axis readAxis(const CatalogueField& field) {
    const auto axis = axisCalled(field.text("axis"));
    if (!axis) field.broken("axis is \"" + field.text("axis") + "\", which is not known");
    return *axis;
}

std::map<Axis, std::vector<std::string>> readParts(const CatalogueField& rule, const char* key) {
    std::map<Axis, std::vector<std::string>> parts;
    if (!rule.has(key)) return parts;
    const CatalogueField field = rule.child(key);
    for (const Axis axis : allAxes) {
        const std::string name(axisName(axis));
        if (field.has(name.c_str())) parts[axis] = field.texts(name.c_str());
    }
    return parts;
}

/// The formulas between the braces of a text.
std::vector<Formula> readPlaceholders(const CatalogueField& field, const std::string& text,
                                      const Formula::Grammar& grammar) {
    std::vector<Formula> placeholders;
    for (std::size_t open = text.find('{'); open != std::string::npos;
         open = text.find('{', open + 1)) {
        const std::size_t close = text.find('}', open);
        if (close == std::string::npos) field.broken("a brace is not closed in \"" + text + "\"");
        placeholders.push_back(field.parsed(text.substr(open + 1, close - open - 1), grammar));
    }
    return placeholders;
}

WarningRule readRule(const CatalogueField& field, Axis axis, const Formula::Grammar& grammar) {
    static constexpr CatalogueField::Choice<WarningLevel> levels[] = {
        {"info", WarningLevel::Info}, {"warning", WarningLevel::Warning}};
    WarningRule rule;
    rule.axis = axis;
    rule.level = field.choose("level", levels);
    for (const std::string& condition : field.texts("if"))
        rule.conditions.push_back(field.parsed(condition, grammar));
    rule.without = readParts(field, "without");
    rule.trained = readParts(field, "trained");
    rule.text = field.text("text");
    rule.placeholders = readPlaceholders(field, rule.text, grammar);
    return rule;
}

/// Facts come before parameters, so that a parameter hides a fact of its name.
Formula::Grammar factGrammar(const std::vector<Parameter>& parameters) {
    Formula::Grammar grammar = variables();
    for (std::size_t fact = 0; fact < factNames.size(); ++fact)
        grammar.names.push_back({std::string(factNames[fact]), slot::firstFact + fact});
    for (std::size_t at = 0; at < parameters.size(); ++at)
        grammar.names.push_back({parameters[at].key, slot::firstParameter + at});
    return grammar;
}

void readWarnings(const CatalogueField& field, Entry& entry) {
    const Formula::Grammar grammar = factGrammar(entry.parameters);
    for (const Json& rule : field.list("warnings"))
        entry.warnings.push_back(readRule({rule, entry.id + ".warnings"}, entry.axis, grammar));
    if (entry.departure.empty()) return;
    WarningRule rule;
    rule.axis = entry.axis;
    rule.text = "as in the reference code, which departs from its paper: " + entry.departure;
    rule.placeholders = readPlaceholders(field, rule.text, grammar);
    entry.warnings.push_back(std::move(rule));
}

Entry readEntry(const CatalogueField& field) {
    Entry entry;
    entry.id = field.text("id");
    entry.axis = readAxis(field);
    entry.meaning = field.text("meaning");
    entry.formula = field.text("formula");
    entry.source = field.text("source");
    entry.departure = field.text("departure", "");
    entry.trait = field.text("trait", "");
    Formula::Grammar grammar = variables();
    for (const Json& one : field.list("parameters")) {
        if (entry.parameters.size() == slot::mostParameters) field.broken("too many parameters");
        entry.parameters.push_back(readParameter({one, entry.id + ".parameters"}, grammar));
        grammar.names.push_back(
            {entry.parameters.back().key, slot::firstParameter + entry.parameters.size() - 1});
    }
    for (const Json& one : field.list("define")) {
        const CatalogueField definition(one, entry.id + ".define");
        Formula formula = definition.formula("formula", grammar);
        grammar.definitions.push_back({definition.text("name"), std::move(formula)});
    }
    entry.recipe = readRecipe(field, entry.axis, grammar);
    readWarnings(field, entry);
    return entry;
}

void requireWhole(const CatalogueContent& content) {
    std::set<std::string> ids;
    std::set<Axis> axes;
    for (const Entry& entry : content.entries) {
        if (!ids.insert(entry.id).second) throw BrokenCatalogue{entry.id + ": stands twice"};
        axes.insert(entry.axis);
    }
    if (axes.size() != axisCount) throw BrokenCatalogue{"an axis has no entry"};
}

CatalogueContent readContent(const CatalogueField& root) {
    CatalogueContent content;
    for (const Json& one : root.list("schemes")) {
        const std::string place = "entry " + std::to_string(content.entries.size() + 1);
        content.entries.push_back(readEntry({one, CatalogueField(one, place).text("id")}));
    }
    for (const Json& one : root.list("warnings")) {
        const CatalogueField field(one, "warnings");
        content.warnings.push_back(readRule(field, readAxis(field), factGrammar({})));
    }
    for (const Json& one : root.list("presets")) {
        const CatalogueField field(one, "presets");
        content.presets.push_back({field.text("id"), field.text("title"), field.texts("schemes")});
    }
    requireWhole(content);
    return content;
}

} // namespace

Expected<CatalogueContent> readCatalogue(std::string_view text, std::string_view source) {
    const auto json = parseJson(text, source);
    if (!json) return tl::unexpected(json.error());
    try {
        return readContent({*json, "catalogue"});
    } catch (const BrokenCatalogue& broken) {
        return fail(ErrorCode::Malformed, std::string(source) + ": " + broken.message);
    }
}

} // namespace isentrope
