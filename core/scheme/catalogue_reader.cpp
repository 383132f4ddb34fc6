// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/catalogue_reader.h"

#include "core/base/json.h"
#include "core/base/number.h"
#include "core/scheme/axis.h"
#include "core/scheme/warning_facts.h"

#include <algorithm>
#include <set>

namespace isentrope {
namespace {

/// Thrown and caught in this file only: a broken catalogue is read no further.
struct Broken {
    std::string message;
};

/// One JSON object with its place ("yarn.position") for messages.
class Field {
public:
    Field(const Json& value, std::string place)
        : m_value(value)
        , m_place(std::move(place)) {
        if (!value.is_object()) broken("expected an object");
    }

    [[noreturn]] void broken(const std::string& problem) const {
        throw Broken{m_place + ": " + problem};
    }
    [[nodiscard]] bool has(const char* key) const { return m_value.contains(key); }
    [[nodiscard]] std::string text(const char* key) const {
        if (!has(key) || !m_value[key].is_string()) broken(std::string("expected a text ") + key);
        return m_value[key].get<std::string>();
    }
    [[nodiscard]] std::string text(const char* key, const char* otherwise) const {
        return has(key) ? text(key) : otherwise;
    }
    [[nodiscard]] double number(const char* key) const {
        if (!has(key) || !m_value[key].is_number()) broken(std::string("expected a number ") + key);
        return m_value[key].get<double>();
    }
    [[nodiscard]] const Json& list(const char* key) const {
        static const Json nothing = Json::array();
        if (!has(key)) return nothing;
        if (!m_value[key].is_array()) broken(std::string("expected a list ") + key);
        return m_value[key];
    }
    [[nodiscard]] std::vector<std::string> texts(const char* key) const {
        std::vector<std::string> all;
        for (const Json& one : list(key)) {
            if (!one.is_string()) broken(std::string("expected texts in ") + key);
            all.push_back(one.get<std::string>());
        }
        return all;
    }
    [[nodiscard]] Field child(const char* key) const {
        if (!has(key)) broken(std::string("expected ") + key);
        return {m_value[key], m_place + "." + key};
    }
    [[nodiscard]] const Json& value(const char* key) const { return m_value[key]; }
    [[nodiscard]] const std::string& place() const { return m_place; }

    [[nodiscard]] Formula formula(const std::string& text, const Formula::Grammar& grammar) const {
        auto read = Formula::parse(text, grammar);
        if (!read)
            broken("\"" + text + "\", column " + std::to_string(read.error().column) + ": " +
                   read.error().message);
        return std::move(*read);
    }
    [[nodiscard]] std::optional<Formula> maybeFormula(const char* key,
                                                      const Formula::Grammar& grammar) const {
        if (!has(key)) return std::nullopt;
        return formula(text(key), grammar);
    }

private:
    const Json& m_value;
    std::string m_place;
};

template <class Value>
struct Choice {
    std::string_view name;
    Value value;
};

template <class Value, std::size_t count>
Value choose(const Field& field, const char* key, const Choice<Value> (&choices)[count]) {
    const std::string name = field.text(key);
    for (const Choice<Value>& choice : choices) {
        if (choice.name == name) return choice.value;
    }
    field.broken(std::string(key) + " is \"" + name + "\", which is not known");
}

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
Parameter readParameter(const Field& field, const Formula::Grammar& grammar) {
    Parameter parameter;
    parameter.key = field.text("key");
    parameter.meaning = field.text("meaning");
    parameter.least = field.number("min");
    parameter.most = field.number("max");
    parameter.step = field.number("step");
    parameter.missing = field.text("missing", "");
    if (field.has("multiple")) parameter.multiple = field.number("multiple");
    if (field.has("default") && field.value("default").is_number()) {
        parameter.number = field.number("default");
        parameter.defaultText = shortest(*parameter.number);
    } else {
        parameter.fallback = field.formula(field.text("default"), grammar);
        parameter.defaultText = field.text("shown", "");
    }
    return parameter;
}

SimilarityRecipe readSimilarity(const Field& field, const Formula::Grammar& grammar) {
    static constexpr Choice<Similarity::Kind> kinds[] = {{"dot", Similarity::Kind::Dot},
                                                         {"cos", Similarity::Kind::Cosine}};
    return {choose(field, "kind", kinds), field.maybeFormula("scale", grammar)};
}

PositionRecipe readPosition(const Field& field, const Formula::Grammar& grammar) {
    using Rule = PositionPlan::Rule;
    static constexpr Choice<Rule> rules[] = {{"plain", Rule::Plain},
                                             {"rerope", Rule::ReRope},
                                             {"leaky", Rule::Leaky},
                                             {"self-extend", Rule::SelfExtend},
                                             {"rerope-ref", Rule::ReRopeRef}};
    return {choose(field, "rule", rules),
            field.formula(field.text("angle"), grammar),
            field.maybeFormula("magnitude", grammar),
            field.maybeFormula("w", grammar),
            field.maybeFormula("k", grammar),
            field.maybeFormula("g", grammar)};
}

TemperatureRecipe readTemperature(const Field& field, const Formula::Grammar& grammar) {
    TemperatureRecipe recipe{field.formula(field.text("factor"), grammar),
                             field.maybeFormula("bias", grammar), std::nullopt};
    if (!field.has("adaptive")) return recipe;
    const Field adaptive = field.child("adaptive");
    recipe.adaptive.emplace();
    recipe.adaptive->threshold = adaptive.number("threshold");
    for (const Json& coefficient : adaptive.list("polynomial")) {
        if (!coefficient.is_number()) adaptive.broken("expected numbers in polynomial");
        recipe.adaptive->polynomial.push_back(coefficient.get<double>());
    }
    return recipe;
}

BiasRecipe readBias(const Field& field, const Formula::Grammar& grammar) {
    return {field.maybeFormula("bias", grammar),
            field.has("before_factor") && field.value("before_factor") == true};
}

MaskRecipe readMask(const Field& field, const Formula::Grammar& grammar) {
    using FarSinks = MaskPlan::FarSinks;
    static constexpr Choice<FarSinks> places[] = {{"absolute", FarSinks::Absolute},
                                                  {"behind", FarSinks::Behind},
                                                  {"capped", FarSinks::Capped}};
    MaskRecipe recipe{field.maybeFormula("window", grammar), field.maybeFormula("sinks", grammar)};
    if (field.has("far_sinks")) recipe.farSinks = choose(field, "far_sinks", places);
    return recipe;
}

Recipe readRecipe(const Field& entry, Axis axis, const Formula::Grammar& grammar) {
    const Field field = entry.child(std::string(axisName(axis)).c_str());
    switch (axis) {
    case Axis::Similarity:
        return readSimilarity(field, grammar);
    case Axis::Position:
        return readPosition(field, grammar);
    case Axis::Temperature:
        return readTemperature(field, grammar);
    case Axis::Bias:
        return readBias(field, grammar);
    case Axis::Mask:
        break;
    }
    return readMask(field, grammar);
}

Axis readAxis(const Field& field) {
    const auto axis = axisCalled(field.text("axis"));
    if (!axis) field.broken("axis is \"" + field.text("axis") + "\", which is not known");
    return *axis;
}

std::map<Axis, std::vector<std::string>> readParts(const Field& rule, const char* key) {
    std::map<Axis, std::vector<std::string>> parts;
    if (!rule.has(key)) return parts;
    const Field field = rule.child(key);
    for (const Axis axis : allAxes) {
        const std::string name(axisName(axis));
        if (field.has(name.c_str())) parts[axis] = field.texts(name.c_str());
    }
    return parts;
}

/// The formulas between the braces of a text.
std::vector<Formula> readPlaceholders(const Field& field, const std::string& text,
                                      const Formula::Grammar& grammar) {
    std::vector<Formula> placeholders;
    for (std::size_t open = text.find('{'); open != std::string::npos;
         open = text.find('{', open + 1)) {
        const std::size_t close = text.find('}', open);
        if (close == std::string::npos) field.broken("a brace is not closed in \"" + text + "\"");
        placeholders.push_back(field.formula(text.substr(open + 1, close - open - 1), grammar));
    }
    return placeholders;
}

WarningRule readRule(const Field& field, Axis axis, const Formula::Grammar& grammar) {
    static constexpr Choice<WarningLevel> levels[] = {{"info", WarningLevel::Info},
                                                      {"warning", WarningLevel::Warning}};
    WarningRule rule;
    rule.axis = axis;
    rule.level = choose(field, "level", levels);
    for (const std::string& condition : field.texts("if"))
        rule.conditions.push_back(field.formula(condition, grammar));
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

void readWarnings(const Field& field, Entry& entry) {
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

Entry readEntry(const Field& field) {
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
        const Field definition(one, entry.id + ".define");
        Formula formula = definition.formula(definition.text("formula"), grammar);
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
        if (!ids.insert(entry.id).second) throw Broken{entry.id + ": stands twice"};
        axes.insert(entry.axis);
    }
    if (axes.size() != axisCount) throw Broken{"an axis has no entry"};
}

CatalogueContent readContent(const Field& root) {
    CatalogueContent content;
    for (const Json& one : root.list("schemes")) {
        const std::string place = "entry " + std::to_string(content.entries.size() + 1);
        content.entries.push_back(readEntry({one, Field(one, place).text("id")}));
    }
    for (const Json& one : root.list("warnings")) {
        const Field field(one, "warnings");
        content.warnings.push_back(readRule(field, readAxis(field), factGrammar({})));
    }
    for (const Json& one : root.list("presets")) {
        const Field field(one, "presets");
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
    } catch (const Broken& broken) {
        return fail(ErrorCode::Malformed, std::string(source) + ": " + broken.message);
    }
}

} // namespace isentrope
