// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as a formula, in a person's grammar and in the catalogue's: it is read or refused with
// a column inside it, and a table of it agrees with its single values.
#include "core/scheme/formula.h"
#include "core/scheme/own_formula.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>

using namespace isentrope;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

Formula::Grammar grammar(bool extended) {
    Formula::Grammar names;
    names.names = {{"n", 0}, {"L", 1}, {"d", 2}, {"t", 3}, {"i", 4}};
    names.extended = extended;
    names.indexSlot = 5;
    return names;
}

bool same(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

void evaluate(const Formula& formula) {
    std::array<double, 6> values = {160, 64, 128, 0, 7, 0};
    std::array<double, 150> table{};
    formula.fill(values, 3, table);
    for (const std::size_t t : {std::size_t{0}, std::size_t{1}, std::size_t{149}}) {
        values[3] = static_cast<double>(t);
        require(same(table[t], formula.value(values)));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    const bool sums = text.find("sum") != std::string::npos; // slow by design, tested elsewhere
    for (const bool extended : {false, true}) {
        const auto formula = Formula::parse(text, grammar(extended));
        if (!formula)
            require(formula.error().column >= 1 && formula.error().column <= size + 1);
        else if (!sums)
            evaluate(*formula);
    }
    for (const Axis axis : {Axis::Temperature, Axis::Bias}) {
        const auto recipe = ownRecipe(axis, text);
        require(recipe.has_value() || recipe.error().column <= size + 1);
    }
    return 0;
}
