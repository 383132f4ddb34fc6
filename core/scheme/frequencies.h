// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheme/plan.h"

#include <vector>

namespace isentrope {

/// What a position rule does to one plane of the key, beside what the checkpoint was trained with.
enum class PlaneState {
    Kept,    ///< turns as in training
    Changed, ///< turns at another speed
    Lost,    ///< turned in training and stands still here
};

/// One state per plane, d / 2 of them; nothing where the two plans differ in the key size.
[[nodiscard]] std::vector<PlaneState> planeStates(const PositionPlan& position,
                                                  const PositionPlan& trained);

} // namespace isentrope
