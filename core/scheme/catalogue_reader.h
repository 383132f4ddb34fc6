// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/scheme/entry.h"

#include <string_view>
#include <vector>

namespace isentrope {

struct CatalogueContent {
    std::vector<Entry> entries; ///< at least one per axis, ids all different
    std::vector<WarningRule> warnings;
    std::vector<Preset> presets;
};

/// Reads the format of resources/schemes.json. An error names the entry, the field, and the
/// column of a formula.
[[nodiscard]] Expected<CatalogueContent> readCatalogue(std::string_view text,
                                                       std::string_view source);

} // namespace isentrope
