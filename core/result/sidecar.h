// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/result/atomic_file.h"
#include "core/result/provenance.h"

#include <filesystem>

namespace isentrope {

/// `NAME.csv.json` beside `NAME.csv`, `NAME.npy.json` beside `NAME.npy`: those formats have no
/// place for where their numbers came from, so a small file beside them says it.
[[nodiscard]] std::filesystem::path sidecarPath(const std::filesystem::path& file);

/// Makes the data certain first, then lets the sidecar and the data appear. The sidecar is one
/// object: "provenance", and what `more` adds (a CSV: its columns and their units).
[[nodiscard]] Expected<void> commitWithSidecar(AtomicFile& data, const Provenance& provenance,
                                               const OrderedJson& more = OrderedJson::object());

/// What the sidecar of `file` says about where it came from.
[[nodiscard]] Expected<Provenance> readSidecar(const std::filesystem::path& file);

} // namespace isentrope
