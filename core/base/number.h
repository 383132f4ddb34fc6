// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace isentrope {

/// The shortest decimal text that reads back as the same double, independent of the locale.
/// Whole numbers below 1e15 print without exponent ("10000"), not-finite ones as nan, inf, -inf.
[[nodiscard]] std::string shortest(double value);

/// The whole text as a finite or infinite double, C locale; nothing where any character is left.
[[nodiscard]] std::optional<double> parseDouble(std::string_view text);

/// The whole text as a whole number; nothing where it is not one or does not fit.
[[nodiscard]] std::optional<std::int64_t> parseInteger(std::string_view text);

/// A count of bytes for people: "61 MB", "0.4 GB" (powers of 1000).
[[nodiscard]] std::string humanBytes(double bytes);

/// A whole number with thousands separated for people: "1,048,576".
[[nodiscard]] std::string grouped(std::int64_t value);

} // namespace isentrope
