// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/weight_scan.h"

#include "core/base/number.h"

#include <bit>
#include <vector>

namespace isentrope {
namespace {

constexpr std::uint32_t magnitudeBits = 0x7FFFFFFFU;
constexpr std::uint32_t infinityBits = 0x7F800000U; // exponent all ones, mantissa zero
constexpr std::uint32_t halfLimitBits = std::bit_cast<std::uint32_t>(65504.0F);

} // namespace

ValueScan scanValues(std::span<const float> values) {
    ValueScan scan;
    scan.count = static_cast<std::int64_t>(values.size());
    for (const float value : values) {
        const std::uint32_t magnitude = std::bit_cast<std::uint32_t>(value) & magnitudeBits;
        scan.nan += magnitude > infinityBits ? 1 : 0;
        scan.infinite += magnitude == infinityBits ? 1 : 0;
        scan.zero += magnitude == 0 ? 1 : 0;
        scan.halfLimit += magnitude == halfLimitBits ? 1 : 0;
    }
    return scan;
}

std::optional<std::string> describeOddValues(const TensorEntry& entry, const ValueScan& scan) {
    std::vector<std::string> found;
    const auto note = [&](std::int64_t count, const char* what) {
        if (count > 0) found.push_back(grouped(count) + " " + what);
    };
    note(scan.nan, "NaN");
    note(scan.infinite, "infinite");
    if (entry.type == ElementType::F16) note(scan.halfLimit, "at the limit of fp16 (65,504)");
    if (scan.count > 0 && scan.zero == scan.count) found.emplace_back("all zero");
    if (found.empty()) return std::nullopt;
    std::string text = entry.name + ": ";
    for (const std::string& part : found)
        text += (&part == &found.front() ? "" : ", ") + part;
    return text + ", of " + grouped(scan.count) + " values; what runs through this tensor is not " +
           "to be trusted";
}

} // namespace isentrope
