// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheme/entry.h"
#include "core/scheme/plan.h"

#include <array>
#include <span>

namespace isentrope {

/// The values a recipe's formulas are run on: n, L0, d, s and the parameters of its entry.
using PartValues = std::array<double, Formula::slotCount>;

/// An entry with the part's own values: the recipe to run and what to run it on.
struct ResolvedPart {
    std::string name; ///< for messages
    Axis axis = Axis::Similarity;
    Recipe recipe;
    PartValues values{};
    bool own = false; ///< a person's formula

    /// A formula's value, an error where it is not finite.
    [[nodiscard]] Expected<double> number(const Formula& formula, std::string_view what) const;
    /// Its values for the variable = 0 … size - 1, an error at the first that is not finite.
    [[nodiscard]] Expected<std::vector<double>> table(const Formula& formula, std::string_view what,
                                                      std::size_t variable, std::size_t size) const;
};

/// `n` is the length or the tokens, as the part's axis counts.
[[nodiscard]] Expected<ResolvedPart> resolvePart(Axis axis, const Scheme& scheme,
                                                 const Catalogue& catalogue,
                                                 const PlanRequest& request);

/// The whole range a parameter takes, for messages: "a whole number from 0 to 1e+09".
[[nodiscard]] std::string rangeText(const Parameter& parameter);
[[nodiscard]] bool inRange(const Parameter& parameter, double value);

} // namespace isentrope
