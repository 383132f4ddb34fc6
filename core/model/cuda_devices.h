// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"
#include "core/model/kernels.h"

#include <string>
#include <vector>

namespace isentrope {

/// "cuda:0" and so on. Where there is none that could be used, one entry that says why.
[[nodiscard]] std::vector<DeviceInfo> cudaDevices();

/// The index behind "auto", "cuda" or "cuda:1", made sure to run our kernels.
[[nodiscard]] Expected<int> chosenCudaDevice(const std::string& device);

/// With what LibTorch holds ready for reuse counted as free.
[[nodiscard]] DeviceMemory cudaMemory(int device);

struct ComputeCapability {
    int major = 0, minor = 0;
};
[[nodiscard]] ComputeCapability computeCapability(int device);

/// "13.0", from what the runtime and the driver answer.
[[nodiscard]] std::string cudaVersion(int number);

} // namespace isentrope
