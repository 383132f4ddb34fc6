// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"

#include <vector>

namespace isentrope {

/// Whether ids, open keys, plan and options fit together and fit the model.
[[nodiscard]] Expected<void> checkInput(const std::vector<std::int32_t>& ids,
                                        const std::vector<std::uint8_t>& openKey,
                                        const ModelConfig& config);
[[nodiscard]] Expected<void> checkPlan(const Plan& plan, std::int64_t length,
                                       const ModelConfig& config);
[[nodiscard]] Expected<void> checkOptions(const RunOptions& options, std::int64_t length,
                                          const ModelConfig& config);
/// `hiddenKeys` is empty or has one byte a token.
[[nodiscard]] Expected<void> checkHidden(const std::vector<std::uint8_t>& hiddenKeys,
                                         std::int64_t length);

} // namespace isentrope
