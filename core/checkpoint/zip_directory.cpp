// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/zip_directory.h"

#include "core/checkpoint/bytes.h"
#include "core/checkpoint/file_stream.h"
#include "core/checkpoint/tensor_name.h"
#include "core/checkpoint/zip_end.h"

#include <algorithm>
#include <optional>

namespace isentrope {
namespace {

constexpr std::uint64_t mostRecords = 200'000;
constexpr std::size_t recordSize = 46; ///< without name, extra fields and comment
constexpr std::string_view recordMark = "PK\x01\x02";
constexpr std::uint16_t zip64Field = 1;
constexpr std::uint32_t full32 = 0xffffffff; ///< "look into the zip64 field"

tl::unexpected<Error> broken(const File& file, const std::string& problem) {
    return fail(ErrorCode::Malformed, file.path().string() + ": the directory of its zip archive " +
                                          problem + "; the file is damaged, fetch it again");
}

/// The content of the zip64 field among the extra fields; empty where there is none.
std::optional<std::string_view> zip64Content(std::string_view extra) {
    ByteCursor cursor(extra);
    while (cursor.left() > 0) {
        const auto kind = cursor.number<std::uint16_t>();
        const auto size = cursor.number<std::uint16_t>();
        const auto content = size ? cursor.take(*size) : std::nullopt;
        if (!kind || !content) return std::nullopt;
        if (*kind == zip64Field) return content;
    }
    return std::string_view();
}

/// Replaces the numbers that say so by those of the zip64 field, in the order of the format.
bool widen(ZipRecord& record, std::string_view extra) {
    const auto content = zip64Content(extra);
    if (!content) return false;
    ByteCursor cursor(*content);
    for (std::uint64_t* field : {&record.size, &record.packed, &record.localAt}) {
        if (*field != full32) continue;
        const auto wide = cursor.number<std::uint64_t>();
        if (!wide) return false;
        *field = *wide;
    }
    return true;
}

std::optional<std::string> nameProblem(std::string_view name) {
    if (auto problem = tensorNameProblem(name)) return problem;
    if (name.find('\\') != std::string_view::npos) return "holds a backslash";
    return std::nullopt;
}

/// The record at the cursor; nothing where its bytes end early or carry another mark.
std::optional<ZipRecord> takeRecord(ByteCursor& cursor) {
    const auto fixed = cursor.take(recordSize);
    if (!fixed || !fixed->starts_with(recordMark)) return std::nullopt;
    const auto number16 = [&](std::size_t at) { return littleEndian<std::uint16_t>(*fixed, at); };
    const auto number32 = [&](std::size_t at) { return littleEndian<std::uint32_t>(*fixed, at); };
    const auto name = cursor.take(number16(28));
    const auto extra = cursor.take(number16(30));
    const auto comment = cursor.take(number16(32));
    if (!name || !extra || !comment || number16(34) != 0) return std::nullopt;
    ZipRecord record{std::string(*name), number16(8),  number16(10), number32(16),
                     number32(20),       number32(24), number32(42)};
    if (!widen(record, *extra)) return std::nullopt;
    return record;
}

std::optional<std::string> repeatedName(const std::vector<ZipRecord>& records) {
    std::vector<std::string_view> names;
    names.reserve(records.size());
    for (const ZipRecord& record : records)
        names.push_back(record.name);
    std::ranges::sort(names);
    const auto twin = std::ranges::adjacent_find(names);
    if (twin == names.end()) return std::nullopt;
    return std::string(*twin);
}

} // namespace

Expected<ZipDirectory> readZipDirectory(const File& file) {
    const auto end = readZipEnd(file);
    if (!end) return tl::unexpected(end.error());
    if (end->records > mostRecords)
        return broken(file, "states " + std::to_string(end->records) +
                                " entries, expected at most " + std::to_string(mostRecords));
    const auto bytes = readBytes(file, end->begin, end->size);
    if (!bytes) return tl::unexpected(bytes.error());

    ZipDirectory directory;
    directory.begin = end->begin;
    ByteCursor cursor(*bytes);
    while (directory.records.size() < end->records) {
        auto record = takeRecord(cursor);
        if (!record)
            return broken(file, "breaks off at entry " +
                                    std::to_string(directory.records.size() + 1) + " of " +
                                    std::to_string(end->records));
        if (const auto wrong = nameProblem(record->name))
            return broken(file, "has the name " + inQuotes(record->name) + ", which " + *wrong);
        directory.records.push_back(std::move(*record));
    }
    if (cursor.left() > 0) return broken(file, "has more entries than it states");
    if (const auto twin = repeatedName(directory.records))
        return broken(file, "lists " + inQuotes(*twin) + " twice");
    return directory;
}

} // namespace isentrope
