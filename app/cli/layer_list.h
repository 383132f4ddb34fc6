// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace isentrope::cli {

/// `--layers`: "all", numbers from 0, or stretches: "0,3" or "0-5,23". Sorted, each once.
[[nodiscard]] Expected<std::vector<int>> parseLayers(const std::string& text, std::int64_t layers);

} // namespace isentrope::cli
