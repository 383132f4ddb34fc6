// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/forward.h"
#include "core/model/network.h"
#include "core/model/plan_cache.h"
#include "core/model/trace.h"

#include <map>
#include <memory>

namespace isentrope {

/// All that a model holds in one precision: its weights, the plans in use and the traces.
template <class Real>
struct PrecisionStack {
    PrecisionStack(const ModelConfig& config, std::shared_ptr<const ModelWeights> weights,
                   const std::string& device)
        : network(config, std::move(weights), device)
        , plans(device) {}

    Network<Real> network;
    PlanCache<Real> plans;
    std::map<std::uint64_t, Trace<Real>> traces;
};

} // namespace isentrope
