// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"

namespace isentrope::cli {

const std::vector<Command>& allCommands() {
    static const std::vector<Command> commands = [] {
        std::vector<Command> list = {inspectCommand(), schemesCommand(), tokenizeCommand(),
                                     planCommand(),    attendCommand(),  selftestCommand()};
        list.push_back(completionCommand(list));
        return list;
    }();
    return commands;
}

} // namespace isentrope::cli
