// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/torch_legacy.h"

#include "core/checkpoint/bytes.h"
#include "core/checkpoint/file_stream.h"
#include "core/checkpoint/pickle_reader.h"
#include "core/checkpoint/tensor_layout.h"
#include "core/checkpoint/tensor_name.h"
#include "core/checkpoint/torch_object.h"

#include <algorithm>
#include <map>
#include <optional>

namespace isentrope {
namespace {

using namespace std::string_view_literals;

/// LONG1 of ten bytes, 0x1950a86a20f9469cfc6c, then STOP; the protocol's two bytes stand before.
constexpr std::string_view magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."sv;
constexpr std::size_t magicEnd = 2 + magic.size();
constexpr std::int64_t protocolVersion = 1001;
constexpr std::uint64_t firstWindow = std::uint64_t{1} << 20;
constexpr std::uint64_t largestPickles = std::uint64_t{64} << 20;
constexpr std::uint64_t countSize = 8;

tl::unexpected<Error> refuse(const File& file, ErrorCode code, const std::string& text) {
    return fail(code, file.path().string() + ": " + text);
}

struct Pickles {
    TorchObject object;
    std::vector<std::string> order; ///< keys of storages, as their bytes follow
    std::size_t end = 0;
};

bool isLittleEndian(const Pickle& system) {
    const auto items = system.values.items(system.root);
    if (!system.values.isDict(system.root)) return false;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
        if (system.values.text(items[i]) == "little_endian")
            return system.values.kind(items[i + 1]) == PickleKind::Bool &&
                   system.values.integer(items[i + 1]) == 1;
    return false;
}

std::optional<std::vector<std::string>> keysOf(const Pickle& list) {
    if (list.values.kind(list.root) != PickleKind::List) return std::nullopt;
    std::vector<std::string> keys;
    for (const PickleRef item : list.values.items(list.root)) {
        if (list.values.kind(item) != PickleKind::Text) return std::nullopt;
        keys.emplace_back(list.values.text(item));
    }
    return keys;
}

/// The two pickles after the magic number; answers where they end.
Expected<std::size_t> checkPreamble(const File& file, std::string_view bytes) {
    const std::string path = file.path().string();
    const auto version = readPickle(bytes, magicEnd, path);
    if (!version) return tl::unexpected(version.error());
    if (version->values.kind(version->root) != PickleKind::Integer ||
        version->values.integer(version->root) != protocolVersion)
        return refuse(file, ErrorCode::Unsupported,
                      "is of another version of the old PyTorch format, expected 1001; load it in "
                      "Python and save it again");
    const auto system = readPickle(bytes, version->end, path);
    if (!system) return tl::unexpected(system.error());
    if (!isLittleEndian(*system))
        return refuse(file, ErrorCode::Unsupported,
                      "does not state little-endian numbers; save it again on a usual machine");
    return system->end;
}

Expected<Pickles> readPickles(const File& file, std::string_view bytes) {
    const std::string path = file.path().string();
    const auto begin = checkPreamble(file, bytes);
    if (!begin) return tl::unexpected(begin.error());
    const auto pickle = readPickle(bytes, *begin, path);
    if (!pickle) return tl::unexpected(pickle.error());
    const auto list = readPickle(bytes, pickle->end, path);
    if (!list) return tl::unexpected(list.error());
    auto keys = keysOf(*list);
    if (!keys) return refuse(file, ErrorCode::Malformed, "does not list the keys of its storages");
    auto object = readTorchObject(*pickle, path);
    if (!object) return tl::unexpected(object.error());
    return Pickles{std::move(*object), std::move(*keys), list->end};
}

/// The pickles stand in front of the weights and are small beside them: look at a first piece of
/// the file, and at larger ones only where it ends too early.
Expected<Pickles> readFront(const File& file) {
    const std::uint64_t most = std::min(file.size(), largestPickles);
    for (std::uint64_t window = std::min(most, firstWindow);; window = std::min(most, window * 8)) {
        const auto bytes = readBytes(file, 0, window);
        if (!bytes) return tl::unexpected(bytes.error());
        auto pickles = readPickles(file, *bytes);
        if (pickles || pickles.error().code != ErrorCode::Truncated || window == most)
            return pickles;
    }
}

/// Walks over counts and bytes behind the pickles; what stands there must be what was stated.
Expected<std::vector<std::uint64_t>> placeStorages(const File& file, const Pickles& pickles) {
    std::map<std::string_view, std::size_t> byKey;
    for (std::size_t i = 0; i < pickles.object.storages.size(); ++i)
        byKey.emplace(pickles.object.storages[i].key, i);
    std::vector<std::uint64_t> offsets(byKey.size(), 0);
    std::uint64_t at = pickles.end;
    for (const std::string& key : pickles.order) {
        const auto known = byKey.find(key);
        if (known == byKey.end())
            return refuse(file, ErrorCode::Malformed,
                          "holds the storage " + inQuotes(key) + " twice or without a tensor");
        const TorchStorage& storage = pickles.object.storages[known->second];
        if (file.size() - at < countSize || file.size() - at - countSize < storage.bytes())
            return refuse(file, ErrorCode::Truncated,
                          "ends inside the storage " + inQuotes(key) +
                              ": the download is incomplete, fetch it again");
        const auto count = readBytes(file, at, countSize);
        if (!count) return tl::unexpected(count.error());
        if (littleEndian<std::uint64_t>(*count, 0) != static_cast<std::uint64_t>(storage.count))
            return refuse(file, ErrorCode::Malformed,
                          "states two sizes of the storage " + inQuotes(key) + "; it is damaged");
        offsets[known->second] = at + countSize;
        at += countSize + storage.bytes();
        byKey.erase(known);
    }
    if (!byKey.empty())
        return refuse(file, ErrorCode::Malformed,
                      "lacks the storage " + inQuotes(byKey.begin()->first));
    if (at != file.size())
        return refuse(file, ErrorCode::Malformed,
                      std::to_string(file.size() - at) + " bytes follow its last storage, expected "
                                                         "none");
    return offsets;
}

} // namespace

bool isLegacyTorch(std::string_view head) {
    return head.size() >= magicEnd && head[0] == '\x80' && (head[1] == 2 || head[1] == 3) &&
           head.substr(2, magic.size()) == magic;
}

Expected<TensorDirectory> readTorchLegacy(const File& file) {
    const auto pickles = readFront(file);
    if (!pickles) return tl::unexpected(pickles.error());
    const auto offsets = placeStorages(file, *pickles);
    if (!offsets) return tl::unexpected(offsets.error());
    TensorDirectory directory{{file.path()},
                              "pytorch-legacy",
                              placeTensors(pickles->object, *offsets),
                              {},
                              pickles->object.warnings};
    if (auto booleans = checkBooleans(file, directory.tensors); !booleans)
        return tl::unexpected(booleans.error());
    return directory;
}

} // namespace isentrope
