// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"
#include "core/model/kernels.h"
#include "core/model/network.h"
#include "core/model/progress_meter.h"
#include "core/model/trace.h"

#include <memory>
#include <vector>

namespace isentrope {

/// One text with the plan it runs under.
template <class Real>
struct Text {
    const std::vector<std::int32_t>* ids = nullptr;
    std::vector<std::uint8_t> openKey; ///< n bytes, or empty: all open
    std::shared_ptr<const PlanTables<Real>> tables;
};

template <class Real>
struct TextOutput {
    std::vector<LayerResult> layers;
    Trace<Real> trace;
    std::vector<float> logits;
    std::vector<std::vector<Prediction>> predictions;
    std::int64_t oddLayer = -1; ///< the first whose statistics are not finite, or -1
    std::int64_t oddRows = 0;   ///< in that layer, padding not counted
};

/// How a group of texts of one length is run.
struct ForwardShape {
    std::int64_t blockRows = 256;
    bool sameInput = false; ///< all texts have the ids of the first: its start is theirs
    bool bfloatProducts = false;
};

/// The forward pass over a group of texts. Throws Stopped, and what LibTorch throws.
template <class Real>
[[nodiscard]] std::vector<TextOutput<Real>>
runForward(const Network<Real>& network, const Kernels& kernels,
           const std::vector<Text<Real>>& texts, const ForwardShape& shape,
           const RunOptions& options, ProgressMeter& progress);

} // namespace isentrope
