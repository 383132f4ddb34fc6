// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"
#include "core/result/provenance.h"

#include <filesystem>
#include <functional>
#include <vector>

namespace isentrope::cli {

/// What one file of `attend` is written from.
struct AttentionFile {
    std::filesystem::path path;
    Provenance provenance;
    const ForwardResult* result = nullptr;
    const std::vector<std::int32_t>* ids = nullptr;
    std::int64_t vocabulary = 0;
    /// Whole maps are asked of the model in bands of rows; null: none are written.
    Model* full = nullptr;
    /// Told after each band; false stops.
    std::function<bool(double share)> progress;
};

/// Per layer `layer.i.lse`, `.entropy`, … as the command line's contract names them, `input_ids`,
/// and with `full` also `layer.i.attention` and `logits`. The file appears whole or not at all.
[[nodiscard]] Expected<void> writeAttentionFile(const AttentionFile& file);

/// Bytes of the n x n maps and the logits that `--full` adds.
[[nodiscard]] std::uint64_t fullBytes(std::int64_t layers, std::int64_t length,
                                      std::int64_t vocabulary);

/// The scheme's name as a file name: every character outside A-Za-z0-9.+=()- becomes `_`.
[[nodiscard]] std::string schemeFileName(const std::string& scheme);

} // namespace isentrope::cli
