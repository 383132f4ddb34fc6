// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/scheme/plan.h"

#include <cmath>
#include <string_view>

namespace isentrope {
namespace {

constexpr double largestWhole = 1e15;

/// Whole values as integers ("1", not "1.0"), others as their shortest round trip.
OrderedJson number(double value) {
    if (value == std::trunc(value) && std::abs(value) < largestWhole)
        return static_cast<std::int64_t>(value);
    return value;
}

OrderedJson table(const std::vector<double>& values, double factor = 1) {
    OrderedJson list = OrderedJson::array();
    for (const double value : values)
        list.push_back(number(value * factor));
    return list;
}

OrderedJson tableOrNull(const std::vector<double>& values) {
    return values.empty() ? OrderedJson(nullptr) : table(values);
}

std::string_view ruleName(PositionPlan::Rule rule) {
    switch (rule) {
    case PositionPlan::Rule::Plain:
        return "plain";
    case PositionPlan::Rule::ReRope:
        return "rerope";
    case PositionPlan::Rule::Leaky:
        return "leaky";
    case PositionPlan::Rule::SelfExtend:
        return "self-extend";
    case PositionPlan::Rule::ReRopeRef:
        break;
    }
    return "rerope-ref";
}

std::string_view farSinksName(MaskPlan::FarSinks place) {
    switch (place) {
    case MaskPlan::FarSinks::Absolute:
        return "absolute";
    case MaskPlan::FarSinks::Behind:
        return "behind";
    case MaskPlan::FarSinks::Capped:
        break;
    }
    return "capped";
}

/// w, k and g are null where the rule has no use for them.
OrderedJson positionJson(const PositionPlan& position) {
    using Rule = PositionPlan::Rule;
    const auto where = [](bool used, double value) {
        return used ? number(value) : OrderedJson(nullptr);
    };
    return {{"rule", ruleName(position.rule)},
            {"w", where(position.rule != Rule::Plain, position.w)},
            {"k", where(position.rule == Rule::Leaky, position.k)},
            {"g", where(position.rule == Rule::SelfExtend, position.g)},
            {"angles", table(position.angles)},
            {"magnitude", number(position.magnitude)}};
}

OrderedJson similarityJson(const Similarity& similarity) {
    const bool cosine = similarity.kind == Similarity::Kind::Cosine;
    return {{"kind", cosine ? "cos" : "dot"},
            {"s", cosine ? number(similarity.scale) : OrderedJson(nullptr)}};
}

OrderedJson maskJson(const MaskPlan& mask) {
    return {{"window", mask.window ? OrderedJson(*mask.window) : OrderedJson(nullptr)},
            {"sinks", mask.sinks},
            {"far_sinks", farSinksName(mask.farSinks)}};
}

} // namespace

std::string planJson(const Plan& plan) {
    const OrderedJson root = {{"scheme", plan.scheme},
                              {"n", plan.length},
                              {"L0", plan.trainLength},
                              {"d", plan.keySize},
                              {"similarity", similarityJson(plan.similarity)},
                              {"position", positionJson(plan.position)},
                              {"factor", plan.rowFactor.empty()
                                             ? number(plan.factor)
                                             : table(plan.rowFactor, plan.factor)},
                              {"distance_factor", tableOrNull(plan.distanceFactor)},
                              {"distance_bias", tableOrNull(plan.distanceBias)},
                              {"mask", maskJson(plan.mask)},
                              {"adaptive", plan.adaptive.has_value()}};
    return root.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

} // namespace isentrope
