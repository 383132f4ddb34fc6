// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/kernels.h"

#include <string>

namespace isentrope {

[[nodiscard]] std::string processorName();

/// Instructions for bfloat16 products: AVX512-BF16 or AMX-BF16.
[[nodiscard]] bool hasBfloatProducts();

/// Cores this process may run on.
[[nodiscard]] int usableCores();

/// Of the machine, or of the control group where that is narrower.
[[nodiscard]] DeviceMemory hostMemory();

} // namespace isentrope
