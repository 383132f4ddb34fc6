// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"

namespace isentrope::cli {

const std::vector<Command>& allCommands() {
    static const std::vector<Command> commands = {
        inspectCommand(), schemesCommand(),  tokenizeCommand(),  planCommand(),
        attendCommand(),  selftestCommand(), completionCommand()};
    return commands;
}

} // namespace isentrope::cli
