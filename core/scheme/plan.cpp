// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/plan.h"

#include "core/base/number.h"
#include "core/scheme/catalogue.h"
#include "core/scheme/notation.h"
#include "core/scheme/part_values.h"

#include <cmath>

namespace isentrope {
namespace {

constexpr std::int64_t longest = std::int64_t{1} << 24;
constexpr int largestKey = 1 << 16;

Expected<void> checkRequest(const PlanRequest& request) {
    const auto refuse = [](const char* what, std::int64_t found, const std::string& expected) {
        return fail(ErrorCode::OutOfRange,
                    std::string(what) + " is " + std::to_string(found) + "; expected " + expected);
    };
    const std::string length = "a number from 1 to " + grouped(longest);
    if (request.length < 1 || request.length > longest)
        return refuse("the length", request.length, length);
    if (request.trainLength < 1 || request.trainLength > longest)
        return refuse("the training length", request.trainLength, length);
    if (request.tokens < 1 || request.tokens > request.length)
        return refuse("the number of tokens", request.tokens, "1 to the length");
    if (request.keySize < 2 || request.keySize > largestKey || request.keySize % 2 != 0)
        return refuse("the key size", request.keySize,
                      "an even number from 2 to " + grouped(largestKey));
    return {};
}

/// Compiles one plan part by part; `problem` is set where a step answers false.
class Compiler {
public:
    Compiler(const Scheme& scheme, const Catalogue& catalogue, const PlanRequest& request)
        : m_scheme(scheme)
        , m_catalogue(catalogue)
        , m_request(request) {}

    Expected<Plan> compile() {
        m_plan.scheme = canonical(m_scheme, m_catalogue);
        m_plan.length = m_request.length;
        m_plan.tokens = m_request.tokens;
        m_plan.trainLength = m_request.trainLength;
        m_plan.keySize = m_request.keySize;
        if (!similarity() || !position() || !mask() || !temperature() || !bias())
            return tl::unexpected(std::move(m_problem));
        return std::move(m_plan);
    }

private:
    template <class Value>
    bool keep(Expected<Value> from, Value& to) {
        if (from)
            to = std::move(*from);
        else
            m_problem = std::move(from.error());
        return from.has_value();
    }

    bool resolve(Axis axis, ResolvedPart& part) {
        return keep(resolvePart(axis, m_scheme, m_catalogue, m_request), part);
    }
    bool number(const ResolvedPart& part, const std::optional<Formula>& formula, const char* what,
                double& value) {
        return !formula || keep(part.number(*formula, what), value);
    }
    bool number(const ResolvedPart& part, const std::optional<Formula>& formula, const char* what,
                std::int64_t& value) {
        double real = static_cast<double>(value);
        if (!number(part, formula, what, real)) return false;
        value = std::llround(real);
        return true;
    }
    bool table(const ResolvedPart& part, const Formula& formula, const char* what,
               std::size_t variable, std::vector<double>& values) {
        const auto size = static_cast<std::size_t>(m_request.length);
        return keep(part.table(formula, what, variable, size), values);
    }

    bool similarity() {
        m_plan.similarity = m_request.trained;
        if (!m_scheme.part(Axis::Similarity)) return true;
        ResolvedPart part;
        if (!resolve(Axis::Similarity, part)) return false;
        const auto& recipe = std::get<SimilarityRecipe>(part.recipe);
        m_plan.similarity = {recipe.kind, 1};
        return number(part, recipe.scale, "scale", m_plan.similarity.scale);
    }

    bool position() {
        ResolvedPart part;
        if (!resolve(Axis::Position, part)) return false;
        const auto& recipe = std::get<PositionRecipe>(part.recipe);
        PositionPlan& position = m_plan.position;
        position.rule = recipe.rule;
        const auto planes = static_cast<std::size_t>(m_request.keySize / 2);
        return keep(part.table(recipe.angle, "angle", slot::plane, planes), position.angles) &&
               number(part, recipe.magnitude, "magnitude", position.magnitude) &&
               number(part, recipe.w, "window", position.w) &&
               number(part, recipe.k, "slowing", position.k) &&
               number(part, recipe.g, "group", position.g);
    }

    bool mask() {
        ResolvedPart part;
        if (!resolve(Axis::Mask, part)) return false;
        const auto& recipe = std::get<MaskRecipe>(part.recipe);
        m_plan.mask.farSinks = recipe.farSinks;
        if (recipe.window && !number(part, recipe.window, "window", m_plan.mask.window.emplace()))
            return false;
        return number(part, recipe.sinks, "number of sinks", m_plan.mask.sinks);
    }

    bool temperature() {
        ResolvedPart part;
        if (!resolve(Axis::Temperature, part)) return false;
        const auto& recipe = std::get<TemperatureRecipe>(part.recipe);
        m_plan.adaptive = recipe.adaptive;
        if (recipe.bias && !table(part, *recipe.bias, "bias", slot::distance, m_plan.distanceBias))
            return false;
        if (recipe.factor.uses(slot::distance))
            return table(part, recipe.factor, "factor", slot::distance, m_plan.distanceFactor);
        if (recipe.factor.uses(slot::query))
            return table(part, recipe.factor, "factor", slot::query, m_plan.rowFactor);
        return number(part, recipe.factor, "factor", m_plan.factor);
    }

    bool bias() {
        ResolvedPart part;
        if (!resolve(Axis::Bias, part)) return false;
        const auto& recipe = std::get<BiasRecipe>(part.recipe);
        if (!recipe.bias) return true;
        if (recipe.beforeFactor && (!m_plan.rowFactor.empty() || m_plan.adaptive)) {
            m_problem = {ErrorCode::Unsupported,
                         m_plan.scheme + ": " + part.name +
                             " stands before the temperature, which here differs from row to "
                             "row; choose a temperature that does not read the row"};
            return false;
        }
        std::vector<double> values;
        if (!table(part, *recipe.bias, "bias", slot::distance, values)) return false;
        if (recipe.beforeFactor) multiplyByFactor(values);
        addBias(std::move(values));
        return true;
    }

    void multiplyByFactor(std::vector<double>& values) const {
        for (std::size_t t = 0; t < values.size(); ++t)
            values[t] *=
                m_plan.factor * (m_plan.distanceFactor.empty() ? 1.0 : m_plan.distanceFactor[t]);
    }

    void addBias(std::vector<double> values) {
        for (std::size_t t = 0; t < m_plan.distanceBias.size(); ++t)
            values[t] += m_plan.distanceBias[t];
        m_plan.distanceBias = std::move(values);
    }

    const Scheme& m_scheme;
    const Catalogue& m_catalogue;
    const PlanRequest& m_request;
    Plan m_plan;
    Error m_problem;
};

} // namespace

Expected<Plan> compile(const Scheme& scheme, const Catalogue& catalogue,
                       const PlanRequest& request) {
    PlanRequest complete = request;
    if (complete.tokens == 0) complete.tokens = complete.length;
    if (const auto checked = checkRequest(complete); !checked)
        return tl::unexpected(checked.error());
    return Compiler(scheme, catalogue, complete).compile();
}

} // namespace isentrope
