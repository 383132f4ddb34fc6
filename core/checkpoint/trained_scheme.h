// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/checkpoint/model_config.h"

#include <string_view>

namespace isentrope {

/// Fills in what a model was trained with: L0, similarity, scheme and task, with what had to be
/// assumed and what is odd. The key size of `config` must be known.
[[nodiscard]] Expected<void> readTraining(const Json& json, std::string_view source,
                                          const Catalogue& catalogue, ModelConfig& config);

} // namespace isentrope
