// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/own_formula.h"

#include "core/scheme/axis.h"
#include "core/scheme/text.h"

namespace isentrope {
namespace {

const Formula::Grammar& personsGrammar() {
    static const Formula::Grammar grammar = [] {
        Formula::Grammar made;
        made.names = {{"n", slot::n},       {"L", slot::trainLength},
                      {"d", slot::keySize}, {"t", slot::distance},
                      {"i", slot::query},   {"L0", slot::trainLength, true}};
        return made;
    }();
    return grammar;
}

/// Where a one-letter name first stands by itself.
std::size_t columnOfName(std::string_view text, char name) {
    const auto joined = [&](std::size_t at) {
        return at < text.size() && (isLetter(text[at]) || isDigit(text[at]) || text[at] == '_');
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool begins = at == 0 || !joined(at - 1);
        if (text[at] == name && begins && !joined(at + 1)) return columnAt(text, at);
    }
    return 1;
}

tl::unexpected<FormulaProblem> refused(std::size_t column, std::string message) {
    return tl::unexpected(FormulaProblem{column, std::move(message), {}});
}

/// One formula of the text, from the byte `begin`; columns count in the whole text.
tl::expected<Formula, FormulaProblem> parsePiece(std::string_view whole, std::size_t begin,
                                                 std::size_t end) {
    auto formula = Formula::parse(whole.substr(begin, end - begin), personsGrammar());
    if (!formula) formula.error().column += columnAt(whole, begin) - 1;
    return formula;
}

tl::expected<Formula, FormulaProblem> parseBias(std::string_view whole, std::size_t begin) {
    auto formula = parsePiece(whole, begin, whole.size());
    if (formula && formula->uses(slot::query))
        return refused(columnOfName(whole.substr(begin), 'i') + columnAt(whole, begin) - 1,
                       "a bias depends on the distance t, not on the row i: what is added to a "
                       "whole row changes nothing");
    return formula;
}

} // namespace

tl::expected<Recipe, FormulaProblem> ownRecipe(Axis axis, std::string_view text) {
    const std::size_t separator = text.find(';');
    if (axis == Axis::Bias) {
        if (separator != std::string_view::npos)
            return refused(columnAt(text, separator),
                           "a bias is one formula; a pair \"a ; m\" is a temperature");
        auto bias = parseBias(text, 0);
        if (!bias) return tl::unexpected(std::move(bias.error()));
        return BiasRecipe{std::move(*bias), false};
    }
    auto factor = parsePiece(text, 0, std::min(separator, text.size()));
    if (!factor) return tl::unexpected(std::move(factor.error()));
    if (factor->uses(slot::distance) && factor->uses(slot::query))
        return refused(columnOfName(text, 'i'),
                       "a factor depends on the distance t or on the row i, not on both");
    TemperatureRecipe recipe{std::move(*factor), std::nullopt, std::nullopt};
    if (separator == std::string_view::npos) return recipe;
    auto bias = parseBias(text, separator + 1);
    if (!bias) return tl::unexpected(std::move(bias.error()));
    recipe.bias = std::move(*bias);
    return recipe;
}

} // namespace isentrope
