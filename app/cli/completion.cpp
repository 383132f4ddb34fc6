// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"

#include <iostream>

namespace isentrope::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

std::vector<std::string> optionNames(const CommandSpec& spec) {
    std::vector<std::string> names;
    for (const Option& option : spec.options)
        names.push_back(option.name);
    names.insert(names.end(), {"--json", "--help"});
    return names;
}

/// `command:option` cases whose value is one of a closed set.
std::string choiceCases(std::span<const Command> commands) {
    std::string text;
    for (const Command& command : commands)
        for (const Option& option : command.spec.options)
            if (!option.choices.empty())
                text += "        " + command.spec.name + ":" + option.name + ") words=\"" +
                        joined(option.choices) + "\" ;;\n";
    return text;
}

std::string optionCases(std::span<const Command> commands) {
    std::string text;
    for (const Command& command : commands)
        text += "        " + command.spec.name + ") words=\"" + joined(optionNames(command.spec)) +
                "\" ;;\n";
    return text;
}

/// Where no word fits, readline falls back to file names: checkpoints and texts are files.
std::string bashScript(std::span<const Command> commands) {
    std::vector<std::string> names;
    for (const Command& command : commands)
        names.push_back(command.spec.name);
    return "# bash completion of isentrope-cli\n"
           "_isentrope_cli() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    local command=${COMP_WORDS[1]} words=\"\"\n"
           "    if [[ $COMP_CWORD -eq 1 ]]; then\n"
           "        COMPREPLY=($(compgen -W \"" +
           joined(names) +
           " --help --version\" -- \"$current\"))\n"
           "        return\n"
           "    fi\n"
           "    case $command:$previous in\n" +
           choiceCases(commands) +
           "    esac\n"
           "    if [[ -z $words && $current == -* ]]; then\n"
           "        case $command in\n" +
           optionCases(commands) +
           "        esac\n"
           "    fi\n"
           "    [[ -n $words ]] && COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
           "}\n"
           "complete -o default -F _isentrope_cli isentrope-cli\n";
}

/// zsh describes each option; quotes inside a meaning are doubled as its syntax asks.
std::string zshEscaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (c == '\'')
            result += "'\\''";
        else if (c == '[' || c == ']' || c == ':')
            result += std::string("\\") + c;
        else
            result += c;
    }
    return result;
}

std::string zshOption(const Option& option) {
    std::string spec = "'" + std::string(option.repeatable ? "*" : "") + option.name + "[" +
                       zshEscaped(option.meaning) + "]";
    if (!option.placeholder.empty()) {
        spec += ":" + zshEscaped(option.placeholder) + ":";
        spec += option.choices.empty() ? "_files" : "(" + joined(option.choices) + ")";
    }
    return spec + "'";
}

std::string zshScript(std::span<const Command> commands) {
    std::string text = "#compdef isentrope-cli\n_isentrope_cli() {\n    local -a commands=(\n";
    for (const Command& command : commands)
        text += "        '" + command.spec.name + ":" + zshEscaped(command.spec.summary) + "'\n";
    text += "    )\n    if (( CURRENT == 2 )); then\n"
            "        _describe command commands\n        return\n    fi\n"
            "    case $words[2] in\n";
    for (const Command& command : commands) {
        text += "    " + command.spec.name + ") _arguments";
        for (const Option& option : command.spec.options)
            text += " \\\n        " + zshOption(option);
        text += " \\\n        '--json[print the result as JSON]' '--help[explain the command]'"
                " '*:file:_files' ;;\n";
    }
    return text + "    esac\n}\n_isentrope_cli \"$@\"\n";
}

} // namespace

Command completionCommand() {
    CommandSpec spec;
    spec.name = "completion";
    spec.summary = "print the completion script of a shell";
    spec.description = "Prints what a shell needs to complete commands, options and their values.";
    spec.positionals = {{"SHELL", "bash or zsh"}};
    spec.examples = {"isentrope-cli completion bash > ~/.local/share/bash-completion/completions/"
                     "isentrope-cli",
                     "isentrope-cli completion zsh > ~/.zfunc/_isentrope-cli"};
    return {spec, [](const Arguments& arguments) -> Expected<void> {
                const std::string& shell = arguments.positionals().front();
                if (shell == "bash")
                    std::cout << bashScript(allCommands());
                else if (shell == "zsh")
                    std::cout << zshScript(allCommands());
                else
                    return fail(ErrorCode::BadUsage, "there is no completion for the shell `" +
                                                         shell + "`; expected bash or zsh.");
                return {};
            }};
}

} // namespace isentrope::cli
