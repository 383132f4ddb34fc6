// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/json_lines.h"

#include "core/base/number.h"
#include "core/result/file_lock.h"
#include "core/result/provenance_json.h"
#include "core/result/write_error.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace isentrope {
namespace {

std::uint64_t sizeOf(int descriptor) {
    struct stat status = {};
    return ::fstat(descriptor, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

/// A line behind half a line would spoil both.
Expected<void> checkEnd(int descriptor, std::uint64_t size, const std::filesystem::path& path) {
    char last = '\n';
    if (size == 0) return {};
    if (::pread(descriptor, &last, 1, static_cast<off_t>(size - 1)) != 1)
        return tl::unexpected(writeError(path, errno));
    if (last == '\n') return {};
    return fail(ErrorCode::Malformed,
                path.string() + ": its last line is torn; repair the file before adding to it");
}

/// The errno of what went wrong, or 0.
int writeAll(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t put = ::write(descriptor, text.data(), text.size());
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return put < 0 ? errno : ENOSPC;
        text.remove_prefix(static_cast<std::size_t>(put));
    }
    return ::fsync(descriptor) == 0 ? 0 : errno;
}

} // namespace

Expected<JsonLinesWriter> JsonLinesWriter::open(const std::filesystem::path& path) {
    const int descriptor =
        ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666);
    if (descriptor < 0) return tl::unexpected(writeError(path, errno));
    JsonLinesWriter writer(path, descriptor);
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
        return fail(ErrorCode::WriteFailed,
                    path.string() + ": is no regular file; choose another name");
    const auto lock = FileLock::acquire(descriptor, path);
    if (!lock) return tl::unexpected(lock.error());
    return checkEnd(descriptor, sizeOf(descriptor), path).map([&] { return std::move(writer); });
}

JsonLinesWriter::JsonLinesWriter(std::filesystem::path path, int descriptor)
    : m_path(std::move(path))
    , m_descriptor(descriptor) {}

JsonLinesWriter::JsonLinesWriter(JsonLinesWriter&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_descriptor(std::exchange(other.m_descriptor, -1)) {}

JsonLinesWriter& JsonLinesWriter::operator=(JsonLinesWriter&& other) noexcept {
    std::swap(m_path, other.m_path);
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

JsonLinesWriter::~JsonLinesWriter() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Expected<void> JsonLinesWriter::append(const OrderedJson& record) {
    if (!record.is_object())
        return fail(ErrorCode::BadUsage, m_path.string() + ": a record must be a JSON object");
    const std::string line = jsonText(record) + '\n';
    if (line.size() > longestJsonLine)
        return fail(ErrorCode::TooLarge, m_path.string() + ": a record of " +
                                             humanBytes(static_cast<double>(line.size())) +
                                             " is too long; expected at most 64 MB");
    const auto lock = FileLock::acquire(m_descriptor, m_path);
    if (!lock) return tl::unexpected(lock.error());
    const std::uint64_t before = sizeOf(m_descriptor);
    if (auto whole = checkEnd(m_descriptor, before, m_path); !whole) return whole;
    const int problem = writeAll(m_descriptor, line);
    if (problem == 0) return {};
    Error error = writeError(m_path, problem, before + line.size());
    if (::ftruncate(m_descriptor, static_cast<off_t>(before)) == 0)
        error.message += "; the records before it are unchanged";
    return tl::unexpected(std::move(error));
}

Expected<std::uint64_t> repairJsonLines(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return tl::unexpected(writeError(path, errno));
    const auto cut = [&]() -> Expected<std::uint64_t> {
        const auto lock = FileLock::acquire(descriptor, path);
        if (!lock) return tl::unexpected(lock.error());
        const auto lines = readJsonLines(path);
        if (!lines) return tl::unexpected(lines.error());
        if (lines->tornBytes == 0) return 0;
        if (::ftruncate(descriptor, static_cast<off_t>(lines->wholeBytes)) != 0 ||
            ::fsync(descriptor) != 0)
            return tl::unexpected(writeError(path, errno));
        return lines->tornBytes;
    }();
    ::close(descriptor);
    return cut;
}

} // namespace isentrope
