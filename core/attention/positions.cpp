// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/positions.h"

#include <cmath>

namespace isentrope {

namespace {

/// position(p) and offset of one rule; the plan's length decides whether any pair is far.
struct FarRule {
    double scale = 0; ///< position(p) = p * scale, or its floor
    bool whole = false;
    double offset = 0;
};

FarRule farRule(const PositionPlan& plan) {
    switch (plan.rule) {
    case PositionPlan::Rule::Leaky:
        return {1 / plan.k, false, plan.w - plan.w / plan.k};
    case PositionPlan::Rule::SelfExtend:
        return {1 / plan.g, true, plan.w - std::floor(plan.w / plan.g)};
    case PositionPlan::Rule::ReRopeRef:
        return {0, false, plan.w - 1};
    case PositionPlan::Rule::ReRope:
    case PositionPlan::Rule::Plain:
        break;
    }
    return {0, false, plan.w};
}

} // namespace

template <class Real>
RotationTable<Real> rotationTable(const PositionPlan& plan, std::span<const double> positions) {
    RotationTable<Real> table;
    table.cosine.reserve(positions.size() * plan.angles.size());
    table.sine.reserve(positions.size() * plan.angles.size());
    for (const double position : positions) {
        for (const double angle : plan.angles) {
            table.cosine.push_back(static_cast<Real>(std::cos(position * angle) * plan.magnitude));
            table.sine.push_back(static_cast<Real>(std::sin(position * angle) * plan.magnitude));
        }
    }
    return table;
}

FarPositions farPositions(const Plan& plan) {
    FarPositions far;
    const PositionPlan& rule = plan.position;
    far.nearBelow = static_cast<std::int64_t>(std::ceil(rule.w));
    if (rule.rule == PositionPlan::Rule::Plain || far.nearBelow >= plan.length) return far;
    far.needed = true;
    const FarRule piece = farRule(rule);
    far.offset = piece.offset;
    far.sameSign = far.rawKey = rule.rule == PositionPlan::Rule::ReRopeRef;
    far.position.resize(static_cast<std::size_t>(plan.length));
    double index = 0;
    for (double& position : far.position) {
        position = piece.whole ? std::floor(index / rule.g) : index * piece.scale;
        ++index;
    }
    return far;
}

double farSinkDistance(const MaskPlan& mask, std::int64_t i, std::int64_t j) {
    const auto window = static_cast<double>(mask.window.value_or(0));
    const double sign = i < j ? -1 : 1;
    if (mask.farSinks == MaskPlan::FarSinks::Capped) return sign * window;
    const std::int64_t sink = j < mask.sinks ? j : i;
    return sign * (window + static_cast<double>(mask.sinks - sink));
}

template struct RotationTable<float>;
template struct RotationTable<double>;
template RotationTable<float> rotationTable(const PositionPlan&, std::span<const double>);
template RotationTable<double> rotationTable(const PositionPlan&, std::span<const double>);

} // namespace isentrope
