// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

/// Where bundled checkpoints may lie: beside the program, in the source tree, as installed.
[[nodiscard]] std::vector<std::filesystem::path> standardDemoFolders();

/// The bundled checkpoints that are there, sorted.
[[nodiscard]] std::vector<std::string> demoNames(std::span<const std::filesystem::path> folders);

/// The folder of a bundled checkpoint, of the first place that has it.
[[nodiscard]] Expected<std::filesystem::path>
resolveDemo(std::string_view name, std::span<const std::filesystem::path> folders);

} // namespace isentrope
