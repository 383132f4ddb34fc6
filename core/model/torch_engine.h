// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"
#include "core/model/kernels.h"

#include <memory>
#include <string>

namespace isentrope {

/// Reads a checkpoint's weights and puts the model on a device: what every plug-in's
/// Engine::load comes down to.
[[nodiscard]] Expected<std::unique_ptr<Model>> loadGauModel(const Checkpoint& checkpoint,
                                                            std::shared_ptr<const Kernels> kernels,
                                                            const std::string& device,
                                                            Precision precision, int threads);

/// "LibTorch 1.13.1"
[[nodiscard]] std::string torchVersion();

} // namespace isentrope
