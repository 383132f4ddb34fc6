// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/torch_view.h"

#include "core/checkpoint/pickle_callables.h"
#include "core/checkpoint/tensor_layout.h"
#include "core/checkpoint/tensor_name.h"

#include <limits>

namespace isentrope {
namespace {

tl::unexpected<Error> malformed(std::string_view source, const std::string& problem) {
    return fail(ErrorCode::Malformed, std::string(source) + ": a tensor of its pickle " + problem +
                                          "; the file is damaged or was made by hand");
}

bool isEmptyDict(const PickleValues& values, PickleRef ref) {
    return values.isDict(ref) && values.items(ref).empty();
}

bool isNothing(const PickleValues& values, PickleRef ref) {
    return values.kind(ref) == PickleKind::None || isEmptyDict(values, ref);
}

struct Call {
    PickleCallable callable;
    std::span<const PickleRef> arguments;
};

Call callOf(const PickleValues& values, PickleRef reduced) {
    const auto parts = values.items(reduced);
    return {static_cast<PickleCallable>(values.integer(parts[0])), values.items(parts[1])};
}

/// _rebuild_parameter(tensor, requires_grad, hooks): the tensor inside.
std::optional<PickleRef> parameterTensor(const PickleValues& values, const Call& call) {
    const auto& arguments = call.arguments;
    if (arguments.size() != 3 || values.kind(arguments[0]) != PickleKind::Reduced ||
        values.kind(arguments[1]) != PickleKind::Bool || !isEmptyDict(values, arguments[2]))
        return std::nullopt;
    return arguments[0];
}

/// _rebuild_tensor(storage, offset, shape, strides); _v2 adds requires_grad, hooks and, where a
/// tensor is more than its elements (conjugate, negated), a dict that says so.
bool isTensorCall(const PickleValues& values, const Call& call) {
    const auto& arguments = call.arguments;
    if (call.callable == PickleCallable::RebuildTensor) return arguments.size() == 4;
    if (call.callable != PickleCallable::RebuildTensorV2) return false;
    if (arguments.size() != 6 && arguments.size() != 7) return false;
    return values.kind(arguments[4]) == PickleKind::Bool && isEmptyDict(values, arguments[5]) &&
           (arguments.size() == 6 || isNothing(values, arguments[6]));
}

/// A tuple of whole numbers from 0 on; nothing where it is anything else.
std::optional<std::vector<std::int64_t>> sizes(const PickleValues& values, PickleRef ref) {
    if (values.kind(ref) != PickleKind::Tuple) return std::nullopt;
    std::vector<std::int64_t> numbers;
    for (const PickleRef item : values.items(ref)) {
        if (values.kind(item) != PickleKind::Integer || values.integer(item) < 0)
            return std::nullopt;
        numbers.push_back(values.integer(item));
    }
    return numbers;
}

/// Whether the view lies inside its storage and names no element more often than there are some.
bool fits(const TorchTensor& tensor, const TorchStorage& storage) {
    const auto count = checkedCount(tensor.shape);
    const auto reach = checkedReach(tensor.shape, tensor.strides);
    return count && reach && *count <= storage.count && tensor.offset <= storage.count &&
           *reach <= storage.count - tensor.offset;
}

Expected<TorchTensor> plainTensor(const PickleValues& values, const Call& call,
                                  const TorchStorages& storages, std::string_view source) {
    if (!isTensorCall(values, call)) return malformed(source, "is rebuilt in an unknown way");
    const auto storage = storages.indexOf(call.arguments[0]);
    if (!storage) return malformed(source, "has no storage");
    if (values.kind(call.arguments[1]) != PickleKind::Integer ||
        values.integer(call.arguments[1]) < 0)
        return malformed(source, "has an offset that is not a whole number from 0 on");
    auto shape = sizes(values, call.arguments[2]);
    auto strides = sizes(values, call.arguments[3]);
    if (!shape || !strides || shape->size() != strides->size())
        return malformed(source, "has a shape or strides that are not whole numbers from 0 on, "
                                 "one of each per dimension");
    if (shape->size() > mostDimensions)
        return malformed(source, "has more than " + std::to_string(mostDimensions) + " dimensions");
    TorchTensor tensor{
        {}, *storage, values.integer(call.arguments[1]), std::move(*shape), std::move(*strides)};
    const TorchStorage& within = storages.at(*storage);
    if (fits(tensor, within)) return tensor;
    return malformed(source, "reaches beyond its storage " + inQuotes(within.key) + " of " +
                                 std::to_string(within.count) + " elements");
}

} // namespace

Expected<TorchTensor> readTorchView(const PickleValues& values, PickleRef reduced,
                                    const TorchStorages& storages, std::string_view source) {
    Call call = callOf(values, reduced);
    if (call.callable == PickleCallable::RebuildParameter) {
        const auto inner = parameterTensor(values, call);
        if (!inner) return malformed(source, "is a parameter rebuilt in an unknown way");
        call = callOf(values, *inner);
    }
    return plainTensor(values, call, storages, source);
}

Expected<void> checkTorchViews(const PickleValues& values, const TorchStorages& storages,
                               std::string_view source) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto ref = static_cast<PickleRef>(i);
        if (values.kind(ref) != PickleKind::Reduced) continue;
        if (auto view = readTorchView(values, ref, storages, source); !view)
            return tl::unexpected(view.error());
    }
    return {};
}

} // namespace isentrope
