// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"
#include "core/model/model_context.h"
#include "core/model/precision_stack.h"

#include <vector>

namespace isentrope {

/// Texts of one length with their plans: what every kind of forward comes down to.
struct Batch {
    std::vector<const std::vector<std::int32_t>*> ids;
    std::vector<const std::vector<std::uint8_t>*> openKeys;
    std::vector<const Plan*> plans;
    bool sameInput = false; ///< one text under many plans

    [[nodiscard]] std::size_t size() const { return ids.size(); }
    [[nodiscard]] std::int64_t length() const {
        return static_cast<std::int64_t>(ids.front()->size());
    }
    [[nodiscard]] bool twoPieces() const;
};

/// Runs the batch in groups. What does not fit into free memory is refused before it starts; where
/// memory runs out on the way the blocks are halved. Traces join the stack under numbers that
/// count up from `nextTrace`. Throws Stopped.
template <class Real>
[[nodiscard]] Expected<std::vector<ForwardResult>>
runBatch(const ModelContext& model, PrecisionStack<Real>& stack, std::uint64_t& nextTrace,
         const Batch& batch, const RunOptions& options);

} // namespace isentrope
