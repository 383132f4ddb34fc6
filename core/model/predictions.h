// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"
#include "core/model/network.h"
#include "core/model/progress_meter.h"

#include <vector>

namespace isentrope {

/// The output logits of the wanted rows of h (n x D), or their best tokens: whichever
/// RunOptions asks for; the other stays empty.
template <class Real>
void predict(const Network<Real>& network, const at::Tensor& h, const RunOptions& options,
             const ProgressMeter& progress, std::vector<float>& logits,
             std::vector<std::vector<Prediction>>& predictions);

} // namespace isentrope
