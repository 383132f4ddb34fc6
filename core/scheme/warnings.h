// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheme/catalogue.h"
#include "core/scheme/plan.h"
#include "core/scheme/scheme.h"

#include <string>
#include <vector>

namespace isentrope {

/// Something a person should know about a scheme on this checkpoint. It never forbids.
struct Warning {
    Axis axis = Axis::Similarity; ///< the part it is about
    WarningLevel level = WarningLevel::Info;
    std::string text;

    bool operator==(const Warning&) const = default;
};

/// `trained` is the scheme of the checkpoint; a default-made one is rope+softmax. In the order of
/// the axes. Nothing where the scheme cannot be compiled: compile() says why.
[[nodiscard]] std::vector<Warning> warnings(const Scheme& scheme, const Catalogue& catalogue,
                                            const PlanRequest& request, const Scheme& trained = {});

} // namespace isentrope
