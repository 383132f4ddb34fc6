// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/kernels.h"

#include <string>

namespace isentrope {

/// How fast this machine is, from a measurement of a few tens of milliseconds.
struct Speed {
    double operationsPerSecond = 0; ///< floating-point operations in products of fp32
    double pairsPerSecond = 0;      ///< cells that the fused pass goes over
};

/// Measured on first use per device and number of threads, then remembered.
[[nodiscard]] Speed measuredSpeed(const Kernels& kernels, const std::string& device, int threads);

} // namespace isentrope
