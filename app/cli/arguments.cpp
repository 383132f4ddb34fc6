// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"

#include "core/base/nearest.h"
#include "core/base/number.h"

#include <algorithm>

namespace isentrope::cli {
namespace {

tl::unexpected<Error> usage(const CommandSpec& spec, const std::string& problem) {
    return fail(ErrorCode::BadUsage, problem + " See `isentrope-cli " + spec.name + " --help`.");
}

tl::unexpected<Error> unknownOption(const CommandSpec& spec, const std::string& name) {
    std::vector<std::string> names = {"--help", "--json"};
    for (const Option& option : spec.options)
        names.push_back(option.name);
    return usage(spec, "`" + spec.name + "` has no option " + name + "." + didYouMean(name, names));
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

Expected<void> checkChoice(const CommandSpec& spec, const Option& option,
                           const std::string& value) {
    if (option.choices.empty() ||
        std::find(option.choices.begin(), option.choices.end(), value) != option.choices.end())
        return {};
    return usage(spec, option.name + " cannot be `" + value + "`; expected one of " +
                           listed(option.choices) + "." + didYouMean(value, option.choices));
}

tl::unexpected<Error> needsValue(const CommandSpec& spec, const Option& option) {
    return usage(spec, option.name + " needs a value: " + option.name + " " + option.placeholder +
                           ", " + option.meaning + ".");
}

bool isOption(const std::string& word) {
    return word.size() > 1 && word.front() == '-' && !parseDouble(word);
}

} // namespace

Expected<Arguments> Arguments::parse(const CommandSpec& spec, std::span<const std::string> words) {
    Arguments arguments;
    bool optionsEnded = false;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string& word = words[at];
        if (optionsEnded || !isOption(word)) {
            arguments.m_positionals.push_back(word);
            continue;
        }
        if (word == "--") {
            optionsEnded = true;
            continue;
        }
        const std::size_t equals = word.find('=');
        const std::string name = word.substr(0, equals);
        const Option* option = spec.option(name);
        if (!option) return unknownOption(spec, name);
        std::string value;
        if (equals != std::string::npos) {
            if (option->placeholder.empty()) return usage(spec, name + " takes no value.");
            value = word.substr(equals + 1);
        } else if (!option->placeholder.empty()) {
            if (at + 1 == words.size()) return needsValue(spec, *option);
            value = words[++at];
        }
        if (auto known = checkChoice(spec, *option, value); !known)
            return tl::unexpected(known.error());
        auto& given = arguments.m_options[name];
        if (!given.empty() && !option->repeatable && !option->placeholder.empty())
            return usage(spec, name + " is given twice.");
        given.push_back(value);
    }
    if (arguments.m_positionals.size() > spec.positionals.size())
        return usage(spec, "`" + arguments.m_positionals[spec.positionals.size()] +
                               "` is one argument too many.");
    const auto missing =
        std::find_if(spec.options.begin(), spec.options.end(),
                     [&](const Option& o) { return o.required && !arguments.has(o.name); });
    if (missing != spec.options.end())
        return usage(spec, "`" + spec.name + "` needs " + missing->name + " " +
                               missing->placeholder + " (" + missing->meaning + ").");
    const std::size_t given = arguments.m_positionals.size();
    if (given < spec.positionals.size() && spec.positionals[given].required)
        return usage(spec, "`" + spec.name + "` needs " + spec.positionals[given].name + " (" +
                               spec.positionals[given].meaning + ").");
    return arguments;
}

bool Arguments::has(const std::string& option) const {
    return m_options.contains(option);
}

std::optional<std::string> Arguments::value(const std::string& option) const {
    const auto found = m_options.find(option);
    if (found == m_options.end()) return std::nullopt;
    return found->second.back();
}

std::vector<std::string> Arguments::values(const std::string& option) const {
    const auto found = m_options.find(option);
    return found == m_options.end() ? std::vector<std::string>() : found->second;
}

Expected<std::int64_t> Arguments::integer(const std::string& option, std::int64_t missing,
                                          std::int64_t least, std::int64_t most) const {
    const auto text = value(option);
    if (!text) return missing;
    const auto number = parseInteger(*text);
    if (!number || *number < least || *number > most)
        return fail(ErrorCode::BadUsage, option + " is `" + *text +
                                             "`; expected a whole number from " + grouped(least) +
                                             " to " + grouped(most) + ".");
    return *number;
}

} // namespace isentrope::cli
