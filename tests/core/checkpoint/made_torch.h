// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "made_files.h"

#include <vector>
#include <zlib.h>

namespace isentrope::test {

/// Pieces of pickles, protocol 2, as torch.save writes them.
namespace pickle {

inline QByteArray text(const QByteArray& bytes) {
    return "X" + number<std::uint32_t>(static_cast<std::uint32_t>(bytes.size())) + bytes;
}
inline QByteArray integer(std::int64_t value) {
    return QByteArray("\x8a\x08", 2) + number<std::uint64_t>(static_cast<std::uint64_t>(value));
}
inline QByteArray tuple(const QByteArray& items) {
    return "(" + items + "t";
}
inline QByteArray global(const QByteArray& module, const QByteArray& name) {
    return "c" + module + "\n" + name + "\n";
}
inline QByteArray emptyHooks() {
    return global("collections", "OrderedDict") + ")R";
}

inline QByteArray numbers(const std::vector<std::int64_t>& values) {
    QByteArray items;
    for (const std::int64_t value : values)
        items += integer(value);
    return tuple(items);
}

/// ('storage', type, key, device, count), named by persistent id.
inline QByteArray storage(std::int64_t count, const QByteArray& key = "0",
                          const QByteArray& type = "FloatStorage",
                          const QByteArray& device = "cpu") {
    return tuple(text("storage") + global("torch", type) + text(key) + text(device) +
                 integer(count)) +
           "Q";
}

inline QByteArray tensorOf(const QByteArray& storageBytes, std::int64_t offset,
                           const std::vector<std::int64_t>& shape,
                           const std::vector<std::int64_t>& strides) {
    return global("torch._utils", "_rebuild_tensor_v2") +
           tuple(storageBytes + integer(offset) + numbers(shape) + numbers(strides) + "\x89" +
                 emptyHooks()) +
           "R";
}

/// Six floats as 2 x 3.
inline QByteArray tensor() {
    return tensorOf(storage(6), 0, {2, 3}, {3, 1});
}

inline QByteArray whole(const QByteArray& body) {
    return "\x80\x02" + body + ".";
}
inline QByteArray dict(const QByteArray& items) {
    return "}(" + items + "u";
}
inline QByteArray model(const QByteArray& value) {
    return whole(dict(text("w") + value));
}

} // namespace pickle

struct MadeEntry {
    QByteArray name;
    QByteArray content;
    std::uint16_t flags = 0;
    std::uint16_t method = 0;
};

inline QByteArray zipNumbers(const MadeEntry& entry) {
    const auto size = static_cast<std::uint32_t>(entry.content.size());
    const auto crc = static_cast<std::uint32_t>(
        ::crc32(0, reinterpret_cast<const Bytef*>(entry.content.constData()), size));
    return number(std::uint16_t{20}) + number(entry.flags) + number(entry.method) +
           number(std::uint32_t{0}) + number(crc) + number(size) + number(size) +
           number(static_cast<std::uint16_t>(entry.name.size())) + number(std::uint16_t{0});
}

/// A zip archive of stored entries.
inline QByteArray zip(const std::vector<MadeEntry>& entries) {
    QByteArray bytes;
    QByteArray directory;
    for (const MadeEntry& entry : entries) {
        directory += "PK\x01\x02" + number(std::uint16_t{20}) + zipNumbers(entry) +
                     QByteArray(10, '\0') + number(static_cast<std::uint32_t>(bytes.size())) +
                     entry.name;
        bytes += "PK\x03\x04" + zipNumbers(entry) + entry.name + entry.content;
    }
    const auto count = static_cast<std::uint16_t>(entries.size());
    return bytes + directory + "PK\x05\x06" + number(std::uint32_t{0}) + number(count) +
           number(count) + number(static_cast<std::uint32_t>(directory.size())) +
           number(static_cast<std::uint32_t>(bytes.size())) + number(std::uint16_t{0});
}

/// 0, 1, 2 … as floats.
inline QByteArray floats(int count) {
    QByteArray bytes;
    for (int i = 0; i < count; ++i)
        bytes += number(std::bit_cast<std::uint32_t>(static_cast<float>(i)));
    return bytes;
}

inline std::vector<MadeEntry> torchEntries(const QByteArray& dataPickle,
                                           const QByteArray& record = floats(6)) {
    return {{"archive/data.pkl", dataPickle},
            {"archive/byteorder", "little"},
            {"archive/data/0", record},
            {"archive/version", "3\n"}};
}

inline QByteArray torchZip(const QByteArray& dataPickle, const QByteArray& record = floats(6)) {
    return zip(torchEntries(dataPickle, record));
}

} // namespace isentrope::test
