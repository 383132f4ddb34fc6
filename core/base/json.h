// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>
#include <string_view>

namespace isentrope {

using Json = nlohmann::json;
/// Keeps the order in which keys were added: what we print reads in the order of the contract.
using OrderedJson = nlohmann::ordered_json;

/// Strict JSON: UTF-8 without byte order mark, no NUL, no comments, no repeated key in an object,
/// no nesting beyond 64, nothing after the value. `source` names the text in messages.
[[nodiscard]] Expected<Json> parseJson(std::string_view text, std::string_view source);

} // namespace isentrope
