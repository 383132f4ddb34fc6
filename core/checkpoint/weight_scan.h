// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/tensor_directory.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace isentrope {

/// What is odd about the elements of a tensor.
struct ValueScan {
    std::int64_t count = 0;
    std::int64_t nan = 0;
    std::int64_t infinite = 0;
    std::int64_t zero = 0;
    std::int64_t halfLimit = 0; ///< of magnitude 65504, the largest of fp16
};

[[nodiscard]] ValueScan scanValues(std::span<const float> values);

/// The scan as a warning that names the tensor, nothing where all is well. Values at the limit of
/// fp16 are odd in a tensor of that type alone: there they are what an overflow left.
[[nodiscard]] std::optional<std::string> describeOddValues(const TensorEntry& entry,
                                                           const ValueScan& scan);

} // namespace isentrope
