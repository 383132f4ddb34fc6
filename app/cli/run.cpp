// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/help.h"
#include "core/base/json.h"
#include "core/base/nearest.h"
#include "core/result/provenance.h"

#include <algorithm>
#include <iostream>

namespace isentrope::cli {
namespace {

bool holds(std::span<const std::string> words, const char* word) {
    for (const std::string& each : words) {
        if (each == "--") return false;
        if (each == word) return true;
    }
    return false;
}

/// The error as text for a person, and as JSON where the caller is a program.
int report(const Error& error, bool json) {
    std::cerr << "isentrope-cli: " << error.message << "\n";
    if (json) {
        OrderedJson object;
        object["error"]["code"] = codeName(error.code);
        object["error"]["message"] = error.message;
        std::cout << object.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) << "\n";
    }
    return error.code == ErrorCode::BadUsage ? 2 : 1;
}

/// Every command understands --json; commands ask for it by name like any other switch.
CommandSpec withCommonOptions(CommandSpec spec) {
    spec.options.push_back({"--json", "", "print the result, or the error, as JSON"});
    return spec;
}

int runCommand(const Command& command, std::span<const std::string> words) {
    if (holds(words, "--help") || holds(words, "-h")) {
        std::cout << commandHelp(command.spec);
        return 0;
    }
    const bool json = holds(words, "--json");
    const auto arguments = Arguments::parse(withCommonOptions(command.spec), words);
    if (!arguments) return report(arguments.error(), json);
    if (auto done = command.run(*arguments); !done) return report(done.error(), json);
    std::cout.flush();
    if (!std::cout)
        return report({ErrorCode::WriteFailed, "standard output could not be written"}, false);
    return 0;
}

} // namespace

int runCommandLine(std::span<const std::string> words) {
    const auto& commands = allCommands();
    if (words.empty()) {
        std::cerr << overviewHelp(commands);
        return 2;
    }
    const std::string& name = words.front();
    if (name == "--help" || name == "-h" || name == "help") {
        std::cout << overviewHelp(commands);
        return 0;
    }
    if (name == "--version") {
        std::cout << "isentrope " << programVersion() << "\n";
        return 0;
    }
    const auto found = std::find_if(commands.begin(), commands.end(),
                                    [&](const Command& c) { return c.spec.name == name; });
    if (found != commands.end()) return runCommand(*found, words.subspan(1));
    std::vector<std::string> names;
    names.reserve(commands.size());
    for (const Command& command : commands)
        names.push_back(command.spec.name);
    return report({ErrorCode::BadUsage, "there is no command `" + name + "`." +
                                            didYouMean(name, names) +
                                            " `isentrope-cli --help` lists them."},
                  holds(words, "--json"));
}

} // namespace isentrope::cli
