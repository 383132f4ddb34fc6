// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <bit>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace isentrope {

static_assert(std::endian::native == std::endian::little,
              "result files are little-endian and written as they lie in memory");

/// The numbers our array files hold.
enum class NumberType { F32, F64, I64 };

[[nodiscard]] std::uint64_t numberSize(NumberType type);    ///< bytes of one
[[nodiscard]] std::string_view numberName(NumberType type); ///< as safetensors says it: "F32"

template <class T>
concept StoredNumber =
    std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::int64_t>;

template <StoredNumber T>
inline constexpr NumberType numberTypeOf = std::same_as<T, float>    ? NumberType::F32
                                           : std::same_as<T, double> ? NumberType::F64
                                                                     : NumberType::I64;

/// Bytes of a row-major array; OutOfRange where a size is negative, TooLarge where the product
/// does not fit a file. `source` begins the message.
[[nodiscard]] Expected<std::uint64_t>
arrayBytes(NumberType type, std::span<const std::int64_t> shape, const std::string& source);

/// "3 x 4", or "one number" where there is no dimension.
[[nodiscard]] std::string shapeText(std::span<const std::int64_t> shape);

} // namespace isentrope
