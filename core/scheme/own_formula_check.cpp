// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/own_formula_check.h"

#include "core/scheme/axis.h"
#include "core/scheme/catalogue.h"
#include "core/scheme/own_formula.h"
#include "core/scheme/text.h"

namespace isentrope {
namespace {

constexpr std::int64_t furthestMultiple = 64;

} // namespace

std::optional<NotationProblem> ownFormulaProblem(Axis axis, std::string_view formula,
                                                 std::int64_t trainLength, int keySize) {
    if (const auto recipe = ownRecipe(axis, formula); !recipe) {
        const FormulaProblem& problem = recipe.error();
        return NotationProblem{problem.column,
                               "column " + std::to_string(problem.column) + ": " + problem.message,
                               problem.completions};
    }
    Scheme scheme;
    scheme.part(axis) = Part{std::string(axisName(axis)), {}, std::string(trimmed(formula))};
    for (std::int64_t multiple = 1; multiple <= furthestMultiple; multiple *= 2) {
        PlanRequest request;
        request.length = trainLength * multiple;
        request.trainLength = trainLength;
        request.keySize = keySize;
        const auto plan = compile(scheme, Catalogue::builtIn(), request);
        if (!plan && plan.error().code == ErrorCode::BadFormula)
            return NotationProblem{1, "not finite at n = " + std::to_string(request.length), {}};
    }
    return std::nullopt;
}

} // namespace isentrope
