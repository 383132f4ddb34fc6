// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/scheme/entry.h"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace isentrope {

class Catalogue;

/// A temperature or bias of a person's own. Its notation is `temperature("…")` or `bias("…")`,
/// so that what is saved means the same without the file.
struct UserScheme {
    std::string id; ///< a to z, 0 to 9 and `-`, beginning with a letter
    Axis axis = Axis::Temperature;
    std::string formula;
    std::string meaning;
    std::string source;
};

/// A person's file: {"format": 1, "schemes": [{"id", "axis", "formula", "meaning"?, "source"?}]}.
[[nodiscard]] Expected<std::vector<UserScheme>> readUserSchemes(const std::filesystem::path& file);

/// The content of such a file.
[[nodiscard]] std::string userSchemesJson(std::span<const UserScheme> schemes);

/// The scheme as an entry; refused where its name is taken or not a name, or its formula cannot
/// be read, with the column.
[[nodiscard]] Expected<Entry> userEntry(const UserScheme& scheme, const Catalogue& catalogue);

} // namespace isentrope
