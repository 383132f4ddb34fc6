// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

#include <span>
#include <string>

namespace isentrope::cli {

/// The page of `isentrope-cli --help`: what the program is, and every command with a line.
[[nodiscard]] std::string overviewHelp(std::span<const Command> commands);

/// The page of `isentrope-cli COMMAND --help`.
[[nodiscard]] std::string commandHelp(const CommandSpec& spec);

/// `text` broken at spaces to lines of at most `width` characters, each after `indent` spaces.
[[nodiscard]] std::string wrapped(const std::string& text, std::size_t indent,
                                  std::size_t width = 92);

} // namespace isentrope::cli
