// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/json.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace isentrope::bench {

/// What is measured in a process of its own, so that its peak memory is its own.
struct Case {
    std::string kind; ///< "ours", "plain", "products", "tile", "what-if", "batch"
    std::int64_t layers = 6, length = 64;
    int threads = 2;
    std::filesystem::path model; ///< a folder that writeModel filled
};

/// Seconds (the best of a few runs), peak bytes of the process, operations in products.
[[nodiscard]] Expected<Json> measure(const Case& what);

} // namespace isentrope::bench
