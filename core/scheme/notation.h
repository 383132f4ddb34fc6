// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/scheme/scheme.h"

#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

class Catalogue;

/// Why a notation cannot be read, where, and what would fit there. Columns count characters
/// from 1, so that a caret can stand under the exact one.
struct NotationProblem {
    std::size_t column = 1;
    std::string message;                  ///< "column 6: no position is called `ropee`; …"
    std::vector<std::string> completions; ///< names or keys that fit at the column
};

[[nodiscard]] tl::expected<Scheme, NotationProblem> parseNotation(std::string_view text,
                                                                  const Catalogue& catalogue);

/// parseNotation with its problem as an Error (BadNotation).
[[nodiscard]] Expected<Scheme> parseScheme(std::string_view text, const Catalogue& catalogue);

/// Similarity, position, temperature, bias, mask; position and temperature always. Parameters
/// only where they differ from a default that is a number; one whose default depends on L0 or n
/// stays, since the text must mean the same for every checkpoint.
[[nodiscard]] std::string canonical(const Scheme& scheme, const Catalogue& catalogue);

/// Splits a list at `;` outside quotes: the `--scheme S;S` of the command line.
[[nodiscard]] std::vector<std::string> splitSchemes(std::string_view text);

/// What could stand at `column` (from 1) of an unfinished notation, best first.
[[nodiscard]] std::vector<std::string> completions(std::string_view text, std::size_t column,
                                                   const Catalogue& catalogue);

} // namespace isentrope
