// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/plan_cache.h"

#include <algorithm>
#include <tuple>

namespace isentrope {
namespace {

constexpr std::size_t remembered = 4;

auto fieldsOf(const PositionPlan& plan) {
    return std::tie(plan.rule, plan.w, plan.k, plan.g, plan.angles, plan.magnitude);
}

auto fieldsOf(const MaskPlan& plan) {
    return std::tie(plan.window, plan.sinks, plan.farSinks);
}

bool same(const std::optional<AdaptivePlan>& a, const std::optional<AdaptivePlan>& b) {
    if (!a || !b) return !a && !b;
    return a->polynomial == b->polynomial && a->threshold == b->threshold;
}

bool same(const Plan& a, const Plan& b) {
    const auto fields = [](const Plan& plan) {
        return std::tie(plan.length, plan.tokens, plan.keySize, plan.similarity, plan.factor,
                        plan.rowFactor, plan.distanceFactor, plan.distanceBias);
    };
    return fields(a) == fields(b) && fieldsOf(a.position) == fieldsOf(b.position) &&
           fieldsOf(a.mask) == fieldsOf(b.mask) && same(a.adaptive, b.adaptive);
}

} // namespace

template <class Real>
std::shared_ptr<const PlanTables<Real>> PlanCache<Real>::tables(const Plan& plan) {
    const auto known = std::ranges::find_if(
        m_recent, [&](const auto& tables) { return same(tables->plan(), plan); });
    if (known != m_recent.end()) return *known;
    m_recent.push_front(std::make_shared<const PlanTables<Real>>(plan, m_device));
    if (m_recent.size() > remembered) m_recent.pop_back();
    return m_recent.front();
}

template class PlanCache<float>;
template class PlanCache<double>;

} // namespace isentrope
