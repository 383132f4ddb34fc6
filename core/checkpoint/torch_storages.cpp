// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/torch_storages.h"

#include "core/checkpoint/pickle_callables.h"
#include "core/checkpoint/tensor_name.h"

#include <algorithm>
#include <limits>

namespace isentrope {
namespace {

constexpr std::size_t longestKey = 64;

/// torch.save numbers its storages; anything else is no name of its making.
bool isKey(std::string_view key) {
    return !key.empty() && key.size() <= longestKey && std::ranges::all_of(key, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_' || c == '-';
    });
}

tl::unexpected<Error> malformed(std::string_view source, const std::string& problem) {
    return fail(ErrorCode::Malformed, std::string(source) + ": its pickle " + problem +
                                          "; the file is damaged or was made by hand");
}

/// ('storage', type, key, device, count), in the old format with a last None. The device is of
/// no interest: elements are read to the machine's own memory wherever they came from.
Expected<TorchStorage> storageOf(const PickleValues& values, PickleRef ref,
                                 std::string_view source) {
    const auto parts = values.items(values.items(ref).front());
    const bool complete =
        parts.size() == 5 || (parts.size() == 6 && values.kind(parts[5]) == PickleKind::None);
    if (!complete || values.text(parts[0]) != "storage" ||
        values.kind(parts[1]) != PickleKind::Callable)
        return malformed(source, "names something that is not a storage of tensors");
    const auto type = storageType(static_cast<PickleCallable>(values.integer(parts[1])));
    if (!type) return malformed(source, "names a storage without a type of elements");
    const std::string_view key = values.text(parts[2]);
    if (!isKey(key)) return malformed(source, "names a storage " + inQuotes(key));
    const std::int64_t count =
        values.kind(parts[4]) == PickleKind::Integer ? values.integer(parts[4]) : -1;
    const auto most =
        std::numeric_limits<std::int64_t>::max() / static_cast<std::int64_t>(elementSize(*type));
    if (count < 0 || count > most)
        return malformed(source, "states an impossible size of the storage " + inQuotes(key));
    return TorchStorage{std::string(key), *type, count};
}

} // namespace

Expected<void> TorchStorages::readAll(const PickleValues& values, std::string_view source) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto ref = static_cast<PickleRef>(i);
        if (values.kind(ref) != PickleKind::Persistent) continue;
        auto storage = storageOf(values, ref, source);
        if (!storage) return tl::unexpected(storage.error());
        if (auto added = add(ref, std::move(*storage), source); !added) return added;
    }
    return {};
}

Expected<void> TorchStorages::add(PickleRef ref, TorchStorage storage, std::string_view source) {
    const auto [known, isNew] = m_byKey.emplace(storage.key, m_storages.size());
    m_byRef.emplace(ref, known->second);
    if (isNew) {
        m_storages.push_back(std::move(storage));
        return {};
    }
    const TorchStorage& first = m_storages[known->second];
    if (first.type == storage.type && first.count == storage.count) return {};
    return malformed(source,
                     "names the storage " + inQuotes(storage.key) + " with two types or sizes");
}

std::optional<std::size_t> TorchStorages::indexOf(PickleRef ref) const {
    const auto found = m_byRef.find(ref);
    return found == m_byRef.end() ? std::nullopt : std::optional(found->second);
}

} // namespace isentrope
