// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/checkpoint/tensor_directory.h"

#include <string_view>

namespace isentrope {

/// Whether a file begins as torch.save wrote it before 1.6: with a pickled magic number.
[[nodiscard]] bool isLegacyTorch(std::string_view head);

/// Such a file: five pickles (magic number, protocol, system, object, order of the storages), then
/// per storage a count and its bytes, to the end of the file. It has no checksums.
[[nodiscard]] Expected<TensorDirectory> readTorchLegacy(const File& file);

} // namespace isentrope
