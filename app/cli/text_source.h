// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/arguments.h"
#include "core/text/input.h"

namespace isentrope::cli {

/// The text that `--text`, `--text-file` or `--ids-file` names; exactly one of them.
struct TextSource {
    enum class Kind { Text, Ids };
    Kind kind = Kind::Text;
    std::string content; ///< UTF-8, or the ids as written
    std::string report;  ///< encoding and bad bytes, where there is something to say
};

[[nodiscard]] Expected<TextSource> readTextSource(const Arguments& arguments);

/// `--length`, `--fill` and `--no-special-tokens`.
[[nodiscard]] Expected<InputOptions> readInputOptions(const Arguments& arguments);

} // namespace isentrope::cli
