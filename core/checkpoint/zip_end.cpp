// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/zip_end.h"

#include "core/checkpoint/bytes.h"
#include "core/checkpoint/file_stream.h"

namespace isentrope {
namespace {

constexpr std::uint64_t endSize = 22;     ///< "end of central directory", without a comment
constexpr std::uint64_t locatorSize = 20; ///< zip64: where the larger record lies
constexpr std::uint64_t end64Size = 56;   ///< zip64: the larger record
constexpr std::uint64_t mostComment = 65535;
constexpr std::string_view endMark = "PK\x05\x06";
constexpr std::string_view locatorMark = "PK\x06\x07";
constexpr std::string_view end64Mark = "PK\x06\x06";

tl::unexpected<Error> broken(const File& file, const std::string& problem) {
    return fail(ErrorCode::Malformed, file.path().string() + ": its zip archive " + problem +
                                          "; expected an archive as torch.save writes it");
}

/// The end record where the file ends; the reason where it is cut off or something follows.
Expected<std::string> endRecord(const File& file) {
    const std::uint64_t reach = std::min(file.size(), endSize + mostComment);
    const auto tail = readBytes(file, file.size() - reach, reach);
    if (!tail) return tail;
    if (tail->size() >= endSize && tail->compare(tail->size() - endSize, 4, endMark) == 0)
        return tail->substr(tail->size() - endSize);
    const std::size_t at = tail->rfind(endMark);
    if (at == std::string::npos || tail->size() - at < endSize)
        return fail(ErrorCode::Truncated, file.path().string() +
                                              ": is a zip archive without its end: the download "
                                              "is incomplete, fetch it again");
    return broken(file, "is followed by " + std::to_string(tail->size() - at - endSize) +
                            " further bytes");
}

/// What the 64-bit end record before `endAt` says, after comparing it with the short one.
Expected<ZipEnd> readEnd64(const File& file, const ZipEnd& shortEnd, std::uint64_t endAt) {
    if (endAt < locatorSize + end64Size) return broken(file, "has a misplaced zip64 record");
    const std::uint64_t recordAt = endAt - locatorSize - end64Size;
    const auto bytes = readBytes(file, recordAt, end64Size + locatorSize);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto short64 = [&](std::size_t at) { return littleEndian<std::uint64_t>(*bytes, at); };
    const auto number32 = [&](std::size_t at) { return littleEndian<std::uint32_t>(*bytes, at); };
    const bool placed = bytes->starts_with(end64Mark) && short64(4) == end64Size - 12 &&
                        short64(end64Size + 8) == recordAt;
    if (!placed) return broken(file, "has a misplaced zip64 record");
    const bool oneDisk = number32(16) == 0 && number32(20) == 0 && number32(end64Size + 4) == 0 &&
                         number32(end64Size + 16) <= 1 && short64(24) == short64(32);
    if (!oneDisk) return broken(file, "is spread over several disks");
    const ZipEnd end{short64(32), short64(48), short64(40)};
    const bool agrees = (shortEnd.records == 0xffff || shortEnd.records == end.records) &&
                        (shortEnd.begin == 0xffffffff || shortEnd.begin == end.begin) &&
                        (shortEnd.size == 0xffffffff || shortEnd.size == end.size);
    if (!agrees) return broken(file, "has two end records that disagree");
    if (end.begin > recordAt || end.size != recordAt - end.begin)
        return broken(file, "states a wrong place of its directory");
    return end;
}

} // namespace

Expected<ZipEnd> readZipEnd(const File& file) {
    const auto record = endRecord(file);
    if (!record) return tl::unexpected(record.error());
    const auto number16 = [&](std::size_t at) { return littleEndian<std::uint16_t>(*record, at); };
    if (number16(4) != 0 || number16(6) != 0 || number16(8) != number16(10))
        return broken(file, "is spread over several disks");
    if (number16(20) != 0) return broken(file, "states a comment that is not there");
    const ZipEnd end{number16(10), littleEndian<std::uint32_t>(*record, 16),
                     littleEndian<std::uint32_t>(*record, 12)};

    const std::uint64_t endAt = file.size() - endSize;
    if (endAt >= locatorSize) {
        const auto mark = readBytes(file, endAt - locatorSize, locatorMark.size());
        if (!mark) return tl::unexpected(mark.error());
        if (*mark == locatorMark) return readEnd64(file, end, endAt);
    }
    if (end.begin > endAt || end.size != endAt - end.begin)
        return broken(file, "states a wrong place of its directory");
    return end;
}

} // namespace isentrope
