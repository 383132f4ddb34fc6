// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace isentrope {

/// What a warning's rule may ask of a scheme beside n, L, L0, d, trained_s and the parameters of
/// its entry. The order is that of the slots from slot::firstFact.
enum class Fact : std::size_t {
    Planes,        ///< d / 2
    Rotating,      ///< planes that turn
    Unturned,      ///< planes that turn, but less than once within L0
    FactorAtL0,    ///< the temperature's factor at n = L0; of a table the value furthest from 1
    ByDistance,    ///< 1 where a logit depends on the distance beside rotation
    Masked,        ///< 1 where some pairs are closed
    Cosine,        ///< 1 where the scheme compares by cosine
    TrainedCosine, ///< 1 where the checkpoint does
    TrainedHere,   ///< 1 where the scheme's part on the rule's axis is the checkpoint's own
};

inline constexpr std::array<std::string_view, 9> factNames = {
    "planes", "rotating", "unturned",       "factor_at_L0", "by_distance",
    "masked", "cosine",   "trained_cosine", "trained_here"};

} // namespace isentrope
