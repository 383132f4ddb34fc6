// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace isentrope {

/// What a device can hold.
struct DeviceMemory {
    std::uint64_t totalBytes = 0;
    std::uint64_t freeBytes = 0; ///< what could be allocated without pushing others out
};

[[nodiscard]] std::string processorName();

/// Instructions for bfloat16 products: AVX512-BF16 or AMX-BF16.
[[nodiscard]] bool hasBfloatProducts();

/// Cores this process may run on.
[[nodiscard]] int usableCores();

/// Of the machine, or of the control group where that is narrower.
[[nodiscard]] DeviceMemory hostMemory();

} // namespace isentrope
