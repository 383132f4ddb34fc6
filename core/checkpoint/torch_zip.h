// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/checkpoint/tensor_directory.h"

namespace isentrope {

/// A state_dict as torch.save writes it since 1.6: a zip archive of a pickle and one stored entry
/// per storage. CRCs are compared here, once, so that damage is found before anything is used.
[[nodiscard]] Expected<TensorDirectory> readTorchZip(const File& file);

} // namespace isentrope
