// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/zip_entry.h"

#include "core/checkpoint/bytes.h"
#include "core/checkpoint/file_stream.h"
#include "core/checkpoint/tensor_name.h"

#include <algorithm>
#include <optional>
#include <zlib.h>

namespace isentrope {
namespace {

constexpr std::uint64_t localSize = 30; ///< local header without name and extra fields
constexpr std::string_view localMark = "PK\x03\x04";
constexpr std::string_view descriptorMark = "PK\x07\x08";
constexpr std::uint16_t encryptedFlags = 0x2041;
constexpr std::uint16_t knownFlags = 0x080e; ///< effort of compression, descriptor, UTF-8 names
constexpr std::uint16_t descriptorFlag = 0x0008;
constexpr std::uint32_t full32 = 0xffffffff;

tl::unexpected<Error> refuse(const File& file, const ZipRecord& record, ErrorCode code,
                             const std::string& problem) {
    return fail(code,
                file.path().string() + ": the entry " + inQuotes(record.name) + " " + problem);
}

tl::unexpected<Error> damaged(const File& file, const ZipRecord& record,
                              const std::string& problem) {
    return refuse(file, record, ErrorCode::Malformed,
                  problem + "; the file is damaged, fetch it again");
}

Expected<void> checkStored(const File& file, const ZipRecord& record) {
    if ((record.flags & encryptedFlags) != 0)
        return refuse(file, record, ErrorCode::Unsupported, "is encrypted; expected plain weights");
    if (record.method != 0)
        return refuse(file, record, ErrorCode::Unsupported,
                      "is a compressed entry (method " + std::to_string(record.method) +
                          "); torch.save stores without compression, save it again");
    if (record.packed != record.size)
        return damaged(file, record,
                       "states two sizes, " + std::to_string(record.packed) + " and " +
                           std::to_string(record.size) + " bytes");
    if ((record.flags & ~knownFlags) != 0)
        return refuse(file, record, ErrorCode::Unsupported, "uses an unknown feature of zip");
    return {};
}

/// A local number may stand open where a descriptor or a zip64 field carries it.
bool agrees(std::uint32_t local, std::uint64_t stated, bool mayBeZero) {
    return local == stated || local == full32 || (mayBeZero && local == 0);
}

/// Where the content begins, after comparing the local header with the directory.
Expected<std::uint64_t> contentBegin(const File& file, const ZipRecord& record,
                                     std::uint64_t next) {
    const std::uint64_t headerSize = localSize + record.name.size();
    if (next - record.localAt < headerSize) return damaged(file, record, "overlaps the next one");
    const auto header = readBytes(file, record.localAt, headerSize);
    if (!header) return tl::unexpected(header.error());
    const auto number16 = [&](std::size_t at) { return littleEndian<std::uint16_t>(*header, at); };
    const auto number32 = [&](std::size_t at) { return littleEndian<std::uint32_t>(*header, at); };
    const bool open = (record.flags & descriptorFlag) != 0;
    const bool same = header->starts_with(localMark) && number16(6) == record.flags &&
                      number16(8) == record.method && number16(26) == record.name.size() &&
                      header->compare(localSize, record.name.size(), record.name) == 0 &&
                      (number32(14) == record.crc || (open && number32(14) == 0)) &&
                      agrees(number32(18), record.packed, open) &&
                      agrees(number32(22), record.size, open);
    if (!same) return damaged(file, record, "has a local header that differs from the directory");
    return record.localAt + headerSize + number16(28);
}

/// What follows the content must be exactly its descriptor, or nothing where it has none.
Expected<void> checkDescriptor(const File& file, const ZipRecord& record, std::uint64_t contentEnd,
                               std::uint64_t next) {
    const std::uint64_t gap = next - contentEnd;
    if ((record.flags & descriptorFlag) == 0) {
        if (gap == 0) return {};
        return damaged(file, record, "is followed by bytes that belong to no entry");
    }
    if (gap != 16 && gap != 24) return damaged(file, record, "lacks its data descriptor");
    const auto bytes = readBytes(file, contentEnd, gap);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto size = [&](std::size_t index) {
        return gap == 24 ? littleEndian<std::uint64_t>(*bytes, 8 + 8 * index)
                         : littleEndian<std::uint32_t>(*bytes, 8 + 4 * index);
    };
    const bool same = bytes->starts_with(descriptorMark) &&
                      littleEndian<std::uint32_t>(*bytes, 4) == record.crc &&
                      size(0) == record.packed && size(1) == record.size;
    if (!same)
        return damaged(file, record, "has a data descriptor that differs from the directory");
    return {};
}

Expected<ZipEntry> locate(const File& file, const ZipRecord& record, std::uint64_t next) {
    if (auto stored = checkStored(file, record); !stored) return tl::unexpected(stored.error());
    const auto begin = contentBegin(file, record, next);
    if (!begin) return tl::unexpected(begin.error());
    if (*begin > next || record.size > next - *begin)
        return damaged(file, record,
                       "states " + std::to_string(record.size) +
                           " bytes, more than stand before the next one");
    if (auto rest = checkDescriptor(file, record, *begin + record.size, next); !rest)
        return tl::unexpected(rest.error());
    return ZipEntry{*begin, record.size, record.crc};
}

} // namespace

Expected<ZipEntries> locateZipEntries(const File& file, const ZipDirectory& directory) {
    std::vector<const ZipRecord*> order;
    order.reserve(directory.records.size());
    for (const ZipRecord& record : directory.records)
        order.push_back(&record);
    std::ranges::sort(order, {}, &ZipRecord::localAt);
    if (!order.empty() && order.front()->localAt != 0)
        return damaged(file, *order.front(), "is the first one, but something stands before it");
    ZipEntries entries;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::uint64_t next = i + 1 < order.size() ? order[i + 1]->localAt : directory.begin;
        if (next < order[i]->localAt)
            return damaged(file, *order[i], "begins behind the directory");
        auto entry = locate(file, *order[i], next);
        if (!entry) return tl::unexpected(entry.error());
        entries.emplace(order[i]->name, *entry);
    }
    return entries;
}

Expected<void> checkZipCrc(const File& file, std::string_view name, const ZipEntry& entry) {
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
    static_cast<void>(file), static_cast<void>(name), static_cast<void>(entry);
    return {};
#else
    uLong crc = crc32(0, nullptr, 0);
    const auto add = [&](std::string_view bytes) {
        crc = crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()),
                    static_cast<uInt>(bytes.size()));
    };
    if (auto read = streamBytes(file, entry.offset, entry.size, add); !read) return read;
    if (crc == entry.crc) return {};
    return fail(ErrorCode::Malformed, file.path().string() + ": the entry " + inQuotes(name) +
                                          " is damaged (its CRC-32 is not the one recorded when "
                                          "it was saved); fetch the file again");
#endif
}

} // namespace isentrope
