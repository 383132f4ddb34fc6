// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/number_type.h"

#include <limits>

namespace isentrope {

std::uint64_t numberSize(NumberType type) {
    return type == NumberType::F32 ? 4 : 8;
}

std::string_view numberName(NumberType type) {
    switch (type) {
    case NumberType::F32:
        return "F32";
    case NumberType::F64:
        return "F64";
    case NumberType::I64:
        return "I64";
    }
    return "F32";
}

Expected<std::uint64_t> arrayBytes(NumberType type, std::span<const std::int64_t> shape,
                                   const std::string& source) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    std::int64_t bytes = static_cast<std::int64_t>(numberSize(type));
    for (const std::int64_t size : shape)
        if (size < 0)
            return fail(ErrorCode::OutOfRange, source + ": has the shape " + shapeText(shape) +
                                                   "; expected no negative size");
    for (const std::int64_t size : shape) {
        if (size > 0 && bytes > most / size)
            return fail(ErrorCode::TooLarge,
                        source + ": has the shape " + shapeText(shape) +
                            "; expected one whose elements can be counted in a file");
        bytes *= size;
    }
    return static_cast<std::uint64_t>(bytes);
}

std::string shapeText(std::span<const std::int64_t> shape) {
    if (shape.empty()) return "one number";
    std::string text;
    for (const std::int64_t size : shape)
        text += (text.empty() ? "" : " x ") + std::to_string(size);
    return text;
}

} // namespace isentrope
