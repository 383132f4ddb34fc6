// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheme/catalogue_field.h"
#include "core/scheme/entry.h"

namespace isentrope {

/// What an entry does, from its object "similarity", "position", "temperature", "bias" or "mask".
[[nodiscard]] Recipe readRecipe(const CatalogueField& entry, Axis axis,
                                const Formula::Grammar& grammar);

} // namespace isentrope
