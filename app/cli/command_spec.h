// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace isentrope::cli {

/// One `--name` of a command. Without a placeholder for its value it is a switch.
struct Option {
    std::string name;        ///< "--length"
    std::string placeholder; ///< "N"; empty: a switch
    std::string meaning;
    std::vector<std::string> choices = {}; ///< the closed set of values, where there is one
    bool repeatable = false;
    bool required = false;
};

/// An argument without a name.
struct Positional {
    std::string name; ///< "CHECKPOINT"
    std::string meaning;
    bool required = true;
};

/// Everything that help, completion, parsing and suggestions need to know of a command.
struct CommandSpec {
    std::string name;
    std::string summary; ///< one line of the command list
    std::string description;
    std::vector<Positional> positionals;
    std::vector<Option> options;
    std::vector<std::string> examples;

    [[nodiscard]] const Option* option(const std::string& optionName) const;
};

/// Options that several commands share, so that they read alike everywhere.
[[nodiscard]] std::vector<Option> textSourceOptions();
[[nodiscard]] std::vector<Option> inputOptions();
[[nodiscard]] std::vector<Option> runOptions();
[[nodiscard]] Option schemeOption();

} // namespace isentrope::cli
