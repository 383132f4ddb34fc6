// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"

namespace isentrope {

/// The containers of weights that we read.
enum class FileKind { Safetensors, TorchZip, TorchLegacy };

/// Judges by content. What is none of the three is refused by the name of its kind, with what to
/// do about it; a file's name is only used to say more about bytes that carry no mark.
[[nodiscard]] Expected<FileKind> recogniseFile(const File& file);

} // namespace isentrope
