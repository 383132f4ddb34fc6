// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/torch_storages.h"

namespace isentrope {

/// What a Reduced value says of a tensor: storage, offset, shape, strides, each checked against
/// the storage's stated size. The name is left empty.
[[nodiscard]] Expected<TorchTensor> readTorchView(const PickleValues& values, PickleRef reduced,
                                                  const TorchStorages& storages,
                                                  std::string_view source);

/// Every tensor of the pickle, also those that no dict of the model holds.
[[nodiscard]] Expected<void>
checkTorchViews(const PickleValues& values, const TorchStorages& storages, std::string_view source);

} // namespace isentrope
