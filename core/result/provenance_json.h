// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/result/provenance.h"

#include <string>

namespace isentrope {

/// The fields of Provenance::fields() in reading order, numbers as numbers.
[[nodiscard]] OrderedJson provenanceJson(const Provenance& provenance);

/// Reads what provenanceJson() wrote, but for the version, which is that of another program.
/// `source` begins the message of an error.
[[nodiscard]] Expected<Provenance> provenanceFromJson(const Json& json, const std::string& source);

/// The text of any JSON value for a file; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string jsonText(const OrderedJson& json, int indent = -1);

} // namespace isentrope
