// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/help.h"

#include <algorithm>
#include <sstream>

namespace isentrope::cli {
namespace {

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.append(width - text.size(), ' ');
    return text;
}

/// Two columns: a name, and its meaning wrapped beside it.
std::string row(const std::string& name, const std::string& meaning, std::size_t nameWidth) {
    const std::size_t indent = nameWidth + 4;
    std::string text = wrapped(meaning, indent);
    if (name.size() > nameWidth) return "  " + name + "\n" + text;
    return "  " + padded(name, nameWidth) + "  " + text.substr(indent);
}

std::string optionName(const Option& option) {
    return option.placeholder.empty() ? option.name : option.name + " " + option.placeholder;
}

std::string optionMeaning(const Option& option) {
    std::string text = option.meaning;
    if (!option.choices.empty()) {
        text += ": ";
        for (std::size_t at = 0; at < option.choices.size(); ++at)
            text += (at ? ", " : "") + option.choices[at];
    }
    if (option.repeatable) text += "; may be given again";
    return text;
}

std::string usageLine(const CommandSpec& spec) {
    std::string line = "isentrope-cli " + spec.name;
    for (const Positional& positional : spec.positionals)
        line += positional.required ? " " + positional.name : " [" + positional.name + "]";
    for (const Option& option : spec.options)
        if (option.required) line += " " + optionName(option);
    return line + " [options]";
}

} // namespace

std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
    const std::string margin(indent, ' ');
    std::istringstream words(text);
    std::string result, line, word;
    while (words >> word) {
        if (!line.empty() && indent + line.size() + 1 + word.size() > width) {
            result += margin + line + "\n";
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return result + margin + line + "\n";
}

std::string overviewHelp(std::span<const Command> commands) {
    std::string text =
        "Isentrope: what a temperature does to the attention of a GAU-alpha model.\n\n"
        "Usage: isentrope-cli COMMAND [arguments]\n\nCommands:\n";
    for (const Command& command : commands)
        text += row(command.spec.name, command.spec.summary, 10);
    return text +
           "\n`isentrope-cli COMMAND --help` explains one, with examples. `--version` prints the "
           "version.\n"
           "CHECKPOINT is a folder, a weights file, demo:NAME, or a name in the Hugging Face "
           "cache.\n"
           "Results go to standard output or --out, progress to standard error; --json prints "
           "results for\nprograms. Exit status: 0 done, 1 failed, 2 wrong usage.\n";
}

std::string commandHelp(const CommandSpec& spec) {
    std::string text = "Usage: " + usageLine(spec) + "\n\n" + wrapped(spec.description, 0);
    if (!spec.positionals.empty()) text += "\nArguments:\n";
    for (const Positional& positional : spec.positionals)
        text += row(positional.name, positional.meaning, 20);
    text += "\nOptions:\n";
    for (const Option& option : spec.options)
        text += row(optionName(option), optionMeaning(option), 20);
    text += row("--json", "print the result, or the error, as JSON", 20);
    text += row("--help", "this page", 20);
    if (!spec.examples.empty()) text += "\nExamples:\n";
    for (const std::string& example : spec.examples)
        text += "  " + example + "\n";
    return text;
}

} // namespace isentrope::cli
