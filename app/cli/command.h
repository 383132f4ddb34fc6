// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/arguments.h"
#include "app/cli/command_spec.h"
#include "core/base/error.h"

#include <functional>
#include <span>

namespace isentrope::cli {

/// A command is its specification and what it does. Results go to stdout, progress to stderr; an
/// error is returned and printed in one place.
struct Command {
    CommandSpec spec;
    std::function<Expected<void>(const Arguments&)> run;
};

[[nodiscard]] Command inspectCommand();
[[nodiscard]] Command schemesCommand();
[[nodiscard]] Command tokenizeCommand();
[[nodiscard]] Command planCommand();
[[nodiscard]] Command attendCommand();
[[nodiscard]] Command selftestCommand();
/// Prints the completion script of a shell for all commands, itself included.
[[nodiscard]] Command completionCommand();

/// Every command, in the order of the help.
[[nodiscard]] const std::vector<Command>& allCommands();

/// Runs `words` (without the program's name) and returns the exit status: 0 done, 1 failed,
/// 2 wrong usage.
[[nodiscard]] int runCommandLine(std::span<const std::string> words);

} // namespace isentrope::cli
