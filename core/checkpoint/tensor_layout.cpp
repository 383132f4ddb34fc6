// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/tensor_layout.h"

#include "core/checkpoint/file_stream.h"
#include "core/checkpoint/tensor_name.h"

#include <algorithm>

namespace isentrope {
namespace {

/// a * b + c for numbers from 0 on; nothing where it does not fit.
std::optional<std::int64_t> multiplyAdd(std::int64_t a, std::int64_t b, std::int64_t c) {
    std::int64_t result = 0;
    if (__builtin_mul_overflow(a, b, &result) || __builtin_add_overflow(result, c, &result))
        return std::nullopt;
    return result;
}

} // namespace

std::optional<std::int64_t> checkedCount(std::span<const std::int64_t> shape) {
    std::optional<std::int64_t> count = 1;
    for (const std::int64_t size : shape) {
        if (size < 0) return std::nullopt;
        count = multiplyAdd(*count, size, 0);
        if (!count) return std::nullopt;
    }
    return count;
}

std::vector<std::int64_t> rowMajorStrides(std::span<const std::int64_t> shape) {
    std::vector<std::int64_t> strides(shape.size(), 0);
    if (std::ranges::find(shape, 0) != shape.end()) return strides;
    std::int64_t stride = 1;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
        strides[axis] = stride;
        stride *= shape[axis];
    }
    return strides;
}

std::optional<std::int64_t> checkedReach(std::span<const std::int64_t> shape,
                                         std::span<const std::int64_t> strides) {
    if (std::ranges::find(shape, 0) != shape.end()) return 0;
    std::optional<std::int64_t> furthest = 0;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        if (strides[axis] < 0) return std::nullopt;
        furthest = multiplyAdd(shape[axis] - 1, strides[axis], *furthest);
        if (!furthest) return std::nullopt;
    }
    return multiplyAdd(*furthest, 1, 1);
}

Expected<void> checkBooleans(const File& file, std::span<const TensorEntry> tensors) {
    for (const TensorEntry& tensor : tensors) {
        if (tensor.type != ElementType::Bool) continue;
        const auto reach = static_cast<std::uint64_t>(*checkedReach(tensor.shape, tensor.strides));
        bool clean = true;
        const auto look = [&](std::string_view bytes) {
            clean = clean && std::ranges::all_of(bytes, [](char c) { return c == 0 || c == 1; });
        };
        if (auto read = streamBytes(file, tensor.offset, reach, look); !read) return read;
        if (!clean)
            return fail(ErrorCode::Malformed, file.path().string() + ": the BOOL tensor " +
                                                  inQuotes(tensor.name) +
                                                  " holds a byte other than 0 and 1; the file is "
                                                  "damaged, fetch it again");
    }
    return {};
}

} // namespace isentrope
