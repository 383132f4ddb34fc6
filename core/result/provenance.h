// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace isentrope {

/// Version of this program, as every file it writes carries it.
[[nodiscard]] std::string programVersion();

/// What every saved number came from. Fields that do not apply stay empty.
struct Provenance {
    std::string checkpoint; ///< sha256 of the weights
    std::string scheme;     ///< canonical notation
    std::optional<std::int64_t> trainLength, length, tokens, seed;
    std::string precision; ///< "exact", "fast"
    std::string device;    ///< "cpu", "cuda:0 NVIDIA H200"

    /// Name and value pairs of what is set: version, checkpoint, scheme, L0, n, tokens, seed,
    /// precision, device.
    [[nodiscard]] std::map<std::string, std::string> fields() const;
};

} // namespace isentrope
