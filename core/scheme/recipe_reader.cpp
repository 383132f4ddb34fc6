// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/recipe_reader.h"

#include "core/scheme/axis.h"

namespace isentrope {
namespace {

SimilarityRecipe readSimilarity(const CatalogueField& field, const Formula::Grammar& grammar) {
    static constexpr CatalogueField::Choice<Similarity::Kind> kinds[] = {
        {"dot", Similarity::Kind::Dot}, {"cos", Similarity::Kind::Cosine}};
    return {field.choose("kind", kinds), field.maybeFormula("scale", grammar)};
}

PositionRecipe readPosition(const CatalogueField& field, const Formula::Grammar& grammar) {
    using Rule = PositionPlan::Rule;
    static constexpr CatalogueField::Choice<Rule> rules[] = {{"plain", Rule::Plain},
                                                             {"rerope", Rule::ReRope},
                                                             {"leaky", Rule::Leaky},
                                                             {"self-extend", Rule::SelfExtend},
                                                             {"rerope-ref", Rule::ReRopeRef}};
    return {field.choose("rule", rules),
            field.formula("angle", grammar),
            field.maybeFormula("magnitude", grammar),
            field.maybeFormula("w", grammar),
            field.maybeFormula("k", grammar),
            field.maybeFormula("g", grammar)};
}

TemperatureRecipe readTemperature(const CatalogueField& field, const Formula::Grammar& grammar) {
    TemperatureRecipe recipe{field.formula("factor", grammar), field.maybeFormula("bias", grammar),
                             std::nullopt};
    if (!field.has("adaptive")) return recipe;
    const CatalogueField adaptive = field.child("adaptive");
    recipe.adaptive.emplace();
    recipe.adaptive->threshold = adaptive.number("threshold");
    for (const Json& coefficient : adaptive.list("polynomial")) {
        if (!coefficient.is_number()) adaptive.broken("expected numbers in polynomial");
        recipe.adaptive->polynomial.push_back(coefficient.get<double>());
    }
    return recipe;
}

BiasRecipe readBias(const CatalogueField& field, const Formula::Grammar& grammar) {
    return {field.maybeFormula("bias", grammar), field.isTrue("before_factor")};
}

MaskRecipe readMask(const CatalogueField& field, const Formula::Grammar& grammar) {
    using FarSinks = MaskPlan::FarSinks;
    static constexpr CatalogueField::Choice<FarSinks> places[] = {{"absolute", FarSinks::Absolute},
                                                                  {"behind", FarSinks::Behind},
                                                                  {"capped", FarSinks::Capped}};
    MaskRecipe recipe{field.maybeFormula("window", grammar), field.maybeFormula("sinks", grammar)};
    if (field.has("far_sinks")) recipe.farSinks = field.choose("far_sinks", places);
    return recipe;
}

} // namespace

Recipe readRecipe(const CatalogueField& entry, Axis axis, const Formula::Grammar& grammar) {
    const CatalogueField field = entry.child(std::string(axisName(axis)).c_str());
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

} // namespace isentrope
