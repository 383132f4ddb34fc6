// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/frequencies.h"

#include <cmath>

namespace isentrope {
namespace {

constexpr double roundingError = 1e-12; ///< relative; two formulas of one frequency differ less

PlaneState stateOf(double angle, double trained) {
    if (std::abs(angle - trained) <= roundingError * std::abs(trained)) return PlaneState::Kept;
    return angle == 0 ? PlaneState::Lost : PlaneState::Changed;
}

} // namespace

std::vector<PlaneState> planeStates(const PositionPlan& position, const PositionPlan& trained) {
    std::vector<PlaneState> states;
    if (position.angles.size() != trained.angles.size()) return states;
    for (std::size_t k = 0; k < position.angles.size(); ++k)
        states.push_back(stateOf(position.angles[k], trained.angles[k]));
    return states;
}

} // namespace isentrope
