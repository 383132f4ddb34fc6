// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace isentrope {

/// Why this cannot be the name of a tensor: empty, longer than 1 kB, not UTF-8, with control
/// characters, or shaped like a way out of a folder. Nothing where the name is fine.
[[nodiscard]] std::optional<std::string> tensorNameProblem(std::string_view name);

/// Why this cannot be the name of a file beside the index that lists it; names are judged by the
/// rules of every system, since a folder may have been written on another one.
[[nodiscard]] std::optional<std::string> shardNameProblem(std::string_view name);

[[nodiscard]] bool isUtf8(std::string_view text);

/// Bytes from a file as they may stand in a message: in quotes, plain ASCII, at most 80 of them.
[[nodiscard]] std::string inQuotes(std::string_view bytes);

} // namespace isentrope
