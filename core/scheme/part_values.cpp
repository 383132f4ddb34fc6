// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/part_values.h"

#include "core/base/number.h"
#include "core/scheme/axis.h"
#include "core/scheme/catalogue.h"
#include "core/scheme/own_formula.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace isentrope {
namespace {

/// Kernels work in single precision: what it cannot hold is as good as infinite.
bool usable(double value) {
    return std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max());
}

tl::unexpected<Error> notFinite(const ResolvedPart& part, std::string_view what,
                                const std::string& place, double found) {
    const std::string value =
        std::isfinite(found) ? shortest(found) + ", too large" : shortest(found);
    return fail(part.own ? ErrorCode::BadFormula : ErrorCode::OutOfRange,
                part.name + ": the " + std::string(what) +
                    " is not finite at n = " + shortest(part.values[slot::n]) + place +
                    " (L0 = " + shortest(part.values[slot::trainLength]) +
                    ", d = " + shortest(part.values[slot::keySize]) + "): found " + value);
}

std::string variableName(std::size_t variable) {
    if (variable == slot::distance) return "t";
    return variable == slot::query ? "i" : "k";
}

bool countsTokens(Axis axis) {
    return axis == Axis::Temperature || axis == Axis::Bias;
}

PartValues baseValues(Axis axis, const PlanRequest& request) {
    PartValues values{};
    const auto n = static_cast<double>(countsTokens(axis) ? request.tokens : request.length);
    const auto trainLength = static_cast<double>(request.trainLength);
    values[slot::n] = n;
    values[slot::trainLength] = trainLength;
    values[slot::keySize] = request.keySize;
    values[slot::stretch] = std::max(1.0, n / trainLength);
    values[slot::trainedScale] = request.trained.kind == Similarity::Kind::Cosine
                                     ? request.trained.scale
                                     : std::numeric_limits<double>::quiet_NaN();
    return values;
}

Expected<double> parameterValue(const Entry& entry, const Parameter& parameter, const Part* part,
                                const PartValues& values) {
    const std::string place = entry.id + ": " + parameter.key;
    if (part) {
        const auto given = part->parameters.find(parameter.key);
        if (given != part->parameters.end()) {
            if (inRange(parameter, given->second)) return given->second;
            return fail(ErrorCode::OutOfRange, place + " is " + shortest(given->second) +
                                                   "; expected " + rangeText(parameter));
        }
    }
    const double value = parameter.number ? *parameter.number : parameter.fallback.value(values);
    if (inRange(parameter, value)) return value;
    if (!std::isfinite(value) && !parameter.missing.empty())
        return fail(ErrorCode::OutOfRange, entry.id + ": " + parameter.missing);
    return fail(ErrorCode::OutOfRange,
                place + " is " + shortest(value) + ", its default " + parameter.defaultText +
                    " at L0 = " + shortest(values[slot::trainLength]) + "; expected " +
                    rangeText(parameter) + "; give " + parameter.key + " itself");
}

Expected<void> setParameters(const Entry& entry, const Part* part, PartValues& values) {
    for (std::size_t at = 0; at < entry.parameters.size(); ++at) {
        const auto value = parameterValue(entry, entry.parameters[at], part, values);
        if (!value) return tl::unexpected(value.error());
        values[slot::firstParameter + at] = *value;
    }
    return {};
}

Expected<ResolvedPart> resolveOwn(Axis axis, const Part& part, PartValues values) {
    auto recipe = ownRecipe(axis, part.formula);
    if (!recipe)
        return fail(ErrorCode::BadFormula, part.name + ": column " +
                                               std::to_string(recipe.error().column) + ": " +
                                               recipe.error().message);
    return ResolvedPart{part.name, axis, std::move(*recipe), values, true};
}

} // namespace

std::string rangeText(const Parameter& parameter) {
    std::string kind = "a number";
    if (parameter.multiple > 0) kind = "a multiple of " + shortest(parameter.multiple);
    if (parameter.multiple == 1) kind = "a whole number";
    return kind + " from " + shortest(parameter.least) + " to " + shortest(parameter.most);
}

bool inRange(const Parameter& parameter, double value) {
    if (!(value >= parameter.least && value <= parameter.most)) return false;
    return parameter.multiple <= 0 || std::fmod(value, parameter.multiple) == 0;
}

Expected<double> ResolvedPart::number(const Formula& formula, std::string_view what) const {
    const double value = formula.value(values);
    if (!usable(value)) return notFinite(*this, what, "", value);
    return value + 0.0; // never -0
}

Expected<std::vector<double>> ResolvedPart::table(const Formula& formula, std::string_view what,
                                                  std::size_t variable, std::size_t size) const {
    std::vector<double> cells(size);
    formula.fill(values, variable, cells);
    for (std::size_t at = 0; at < size; ++at) {
        if (!usable(cells[at]))
            return notFinite(*this, what,
                             ", " + variableName(variable) + " = " + std::to_string(at), cells[at]);
        cells[at] += 0.0; // never -0
    }
    return cells;
}

Expected<ResolvedPart> resolvePart(Axis axis, const Scheme& scheme, const Catalogue& catalogue,
                                   const PlanRequest& request) {
    const Part* const part = scheme.part(axis) ? &*scheme.part(axis) : nullptr;
    PartValues values = baseValues(axis, request);
    if (part && !part->formula.empty() && takesOwnFormula(axis))
        return resolveOwn(axis, *part, values);
    const Entry* const entry = part ? catalogue.find(part->name) : &catalogue.defaultOf(axis);
    if (!entry || entry->axis != axis)
        return fail(ErrorCode::BadNotation,
                    "no " + std::string(axisName(axis)) + " is called `" + part->name + "`");
    if (const auto set = setParameters(*entry, part, values); !set)
        return tl::unexpected(set.error());
    return ResolvedPart{entry->id, axis, entry->recipe, values, entry->own};
}

} // namespace isentrope
