// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/warnings.h"

#include "core/base/number.h"
#include "core/scheme/axis.h"
#include "core/scheme/notation.h"
#include "core/scheme/part_values.h"
#include "core/scheme/warning_facts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numbers>

namespace isentrope {
namespace {

using Parts = std::array<ResolvedPart, axisCount>;

/// The scheme's part on one axis and nothing else.
Scheme only(Axis axis, const Scheme& scheme) {
    Scheme single;
    single.part(axis) = scheme.part(axis);
    return single;
}

/// The value of the factor at n = L0 that lies furthest from 1.
double factorAtTrainLength(const Scheme& scheme, const Catalogue& catalogue,
                           const PlanRequest& request) {
    PlanRequest atTrainLength = request;
    atTrainLength.length = request.trainLength;
    atTrainLength.tokens = request.trainLength;
    const auto plan = compile(only(Axis::Temperature, scheme), catalogue, atTrainLength);
    if (!plan) return std::numeric_limits<double>::quiet_NaN();
    double furthest = plan->factor;
    for (const auto* table : {&plan->rowFactor, &plan->distanceFactor}) {
        for (const double value : *table)
            if (std::abs(value - 1) > std::abs(furthest - 1)) furthest = value;
    }
    return furthest;
}

/// 0.67, 0.1, 64, 0.0039: for people, not for reading back.
std::string brief(double value) {
    if (value == std::trunc(value)) return shortest(value);
    std::array<char, 40> text{};
    if (std::abs(value) < 0.01) {
        std::snprintf(text.data(), text.size(), "%.2g", value);
        return text.data();
    }
    return shortest(std::round(value * 100) / 100);
}

/// What the rules are judged on, gathered once per scheme.
class Judge {
public:
    Judge(const Scheme& scheme, const Catalogue& catalogue, const PlanRequest& request,
          const Scheme& trained, const Parts& parts)
        : m_scheme(scheme)
        , m_catalogue(catalogue)
        , m_request(request)
        , m_trained(trained)
        , m_parts(parts) {
        gatherFacts();
    }

    void judge(const WarningRule& rule, std::vector<Warning>& found) {
        fact(Fact::TrainedHere) = asTrained(rule.axis) ? 1 : 0;
        if (!appliesTo(rule)) return;
        PartValues values = m_parts[static_cast<std::size_t>(rule.axis)].values;
        std::copy(m_facts.begin(), m_facts.end(), values.begin() + slot::firstFact);
        const bool holds =
            std::all_of(rule.conditions.begin(), rule.conditions.end(),
                        [&](const Formula& condition) { return condition.value(values) != 0; });
        if (holds) found.push_back({rule.axis, rule.level, filledIn(rule, values)});
    }

private:
    double& fact(Fact which) { return m_facts[static_cast<std::size_t>(which)]; }

    void gatherFacts() {
        gatherPlanes();
        const auto& temperature = std::get<TemperatureRecipe>(part(Axis::Temperature).recipe);
        const auto& bias = std::get<BiasRecipe>(part(Axis::Bias).recipe);
        const bool byDistance =
            temperature.factor.uses(slot::distance) || temperature.bias || bias.bias;
        fact(Fact::FactorAtL0) = factorAtTrainLength(m_scheme, m_catalogue, m_request);
        fact(Fact::ByDistance) = byDistance ? 1 : 0;
        fact(Fact::Masked) = std::get<MaskRecipe>(part(Axis::Mask).recipe).window ? 1 : 0;
        const bool trainedCosine = m_request.trained.kind == Similarity::Kind::Cosine;
        const bool cosine = m_scheme.part(Axis::Similarity)
                                ? std::get<SimilarityRecipe>(part(Axis::Similarity).recipe).kind ==
                                      Similarity::Kind::Cosine
                                : trainedCosine;
        fact(Fact::Cosine) = cosine ? 1 : 0;
        fact(Fact::TrainedCosine) = trainedCosine ? 1 : 0;
    }

    void gatherPlanes() {
        const ResolvedPart& position = part(Axis::Position);
        const auto planes = static_cast<std::size_t>(m_request.keySize / 2);
        const auto angles = position.table(std::get<PositionRecipe>(position.recipe).angle, "angle",
                                           slot::plane, planes);
        fact(Fact::Planes) = static_cast<double>(planes);
        if (!angles) return;
        const double wholeTurn = 2 * std::numbers::pi / static_cast<double>(m_request.trainLength);
        for (const double angle : *angles) {
            fact(Fact::Rotating) += angle != 0 ? 1 : 0;
            fact(Fact::Unturned) += angle != 0 && std::abs(angle) < wholeTurn ? 1 : 0;
        }
    }

    [[nodiscard]] const ResolvedPart& part(Axis axis) const {
        return m_parts[static_cast<std::size_t>(axis)];
    }

    [[nodiscard]] bool asTrained(Axis axis) const {
        return canonical(only(axis, m_scheme), m_catalogue) ==
               canonical(only(axis, m_trained), m_catalogue);
    }

    [[nodiscard]] std::string nameOf(Axis axis, const Scheme& scheme) const {
        return scheme.part(axis) ? scheme.part(axis)->name : m_catalogue.defaultOf(axis).id;
    }

    [[nodiscard]] bool appliesTo(const WarningRule& rule) const {
        const auto isOneOf = [&](Axis axis, const std::vector<std::string>& names,
                                 const Scheme& scheme) {
            return std::find(names.begin(), names.end(), nameOf(axis, scheme)) != names.end();
        };
        for (const auto& [axis, names] : rule.without) {
            if (isOneOf(axis, names, m_scheme)) return false;
        }
        for (const auto& [axis, names] : rule.trained) {
            if (!isOneOf(axis, names, m_trained) || asTrained(rule.axis)) return false;
        }
        return true;
    }

    static std::string filledIn(const WarningRule& rule, const PartValues& values) {
        std::string text;
        std::size_t done = 0;
        for (const Formula& placeholder : rule.placeholders) {
            const std::size_t open = rule.text.find('{', done);
            text += rule.text.substr(done, open - done) + brief(placeholder.value(values));
            done = rule.text.find('}', open) + 1;
        }
        return text + rule.text.substr(done);
    }

    const Scheme& m_scheme;
    const Catalogue& m_catalogue;
    const PlanRequest& m_request;
    const Scheme& m_trained;
    const Parts& m_parts;
    std::array<double, factNames.size()> m_facts{};
};

} // namespace

std::vector<Warning> warnings(const Scheme& scheme, const Catalogue& catalogue,
                              const PlanRequest& request, const Scheme& trained) {
    PlanRequest complete = request;
    if (complete.tokens == 0) complete.tokens = complete.length;
    if (complete.length < 1 || complete.trainLength < 1 || complete.keySize < 2) return {};
    Parts parts;
    for (const Axis axis : allAxes) {
        auto part = resolvePart(axis, scheme, catalogue, complete);
        if (!part) return {};
        parts[static_cast<std::size_t>(axis)] = std::move(*part);
    }
    Judge judge(scheme, catalogue, complete, trained, parts);
    std::vector<Warning> found;
    for (const Axis axis : allAxes) {
        const auto& part = scheme.part(axis);
        const Entry* const entry = part ? catalogue.find(part->name) : &catalogue.defaultOf(axis);
        const bool silent = !part && axis == Axis::Similarity; // as trained: nothing to say
        if (entry && !silent) {
            for (const WarningRule& rule : entry->warnings)
                judge.judge(rule, found);
        }
        for (const WarningRule& rule : catalogue.warnings()) {
            if (rule.axis == axis) judge.judge(rule, found);
        }
    }
    return found;
}

} // namespace isentrope
