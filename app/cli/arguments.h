// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command_spec.h"
#include "core/base/error.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace isentrope::cli {

/// The words after a command's name, checked against its specification.
class Arguments {
public:
    /// `--name value`, `--name=value`, switches, and positionals in any order; `--` ends the
    /// options. BadUsage names the word and the nearest option or value.
    [[nodiscard]] static Expected<Arguments> parse(const CommandSpec& spec,
                                                   std::span<const std::string> words);

    [[nodiscard]] bool has(const std::string& option) const;
    /// The last value given, or nothing.
    [[nodiscard]] std::optional<std::string> value(const std::string& option) const;
    [[nodiscard]] std::vector<std::string> values(const std::string& option) const;
    /// A whole number in [least, most]; `missing` where the option is not given.
    [[nodiscard]] Expected<std::int64_t> integer(const std::string& option, std::int64_t missing,
                                                 std::int64_t least, std::int64_t most) const;
    [[nodiscard]] const std::vector<std::string>& positionals() const { return m_positionals; }

private:
    std::map<std::string, std::vector<std::string>> m_options;
    std::vector<std::string> m_positionals;
};

} // namespace isentrope::cli
