// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/atomic_file.h"

#include "core/result/write_error.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace isentrope {
namespace {

constexpr std::size_t bufferBytes = 262'144;

/// Makes a rename last over a loss of power. The file already stands under its name, so a folder
/// that cannot be synced is no failure of the save.
void syncFolder(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

Error withOldFile(Error error, const SaveTarget& target) {
    if (target.old) error.message += "; the file that stood there is unchanged";
    return error;
}

} // namespace

Expected<AtomicFile> AtomicFile::create(const std::filesystem::path& path,
                                        std::uint64_t expectedBytes) {
    auto target = findSaveTarget(path);
    if (!target) return tl::unexpected(target.error());
    if (expectedBytes > freeBytesBeside(target->file))
        return tl::unexpected(withOldFile(writeError(path, ENOSPC, expectedBytes), *target));
    auto temporary = createBeside(*target);
    if (!temporary) return tl::unexpected(temporary.error());
    return AtomicFile(path, std::move(*target), std::move(*temporary), expectedBytes);
}

AtomicFile::AtomicFile(std::filesystem::path path, SaveTarget target, NewFile temporary,
                       std::uint64_t expectedBytes)
    : m_path(std::move(path))
    , m_target(std::move(target))
    , m_temporary(std::move(temporary))
    , m_expected(expectedBytes) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_target(std::move(other.m_target))
    , m_temporary(std::exchange(other.m_temporary, {}))
    , m_buffer(std::move(other.m_buffer))
    , m_size(other.m_size)
    , m_expected(other.m_expected)
    , m_failure(std::move(other.m_failure)) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
    if (this == &other) return *this;
    discard();
    m_path = std::move(other.m_path);
    m_target = std::move(other.m_target);
    m_temporary = std::exchange(other.m_temporary, {});
    m_buffer = std::move(other.m_buffer);
    m_size = other.m_size;
    m_expected = other.m_expected;
    m_failure = std::move(other.m_failure);
    return *this;
}

AtomicFile::~AtomicFile() {
    discard();
}

Expected<void> AtomicFile::write(std::string_view text) {
    return write(std::as_bytes(std::span(text)));
}

Expected<void> AtomicFile::write(std::span<const std::byte> bytes) {
    if (m_failure) return tl::unexpected(*m_failure);
    if (m_buffer.size() + bytes.size() > bufferBytes)
        if (auto flushed = flush(); !flushed) return flushed;
    if (bytes.size() >= bufferBytes) return writeThrough(m_size, bytes);
    m_buffer.insert(m_buffer.end(), bytes.begin(), bytes.end());
    m_size += bytes.size();
    return {};
}

Expected<void> AtomicFile::writeAt(std::uint64_t offset, std::span<const std::byte> bytes) {
    if (auto flushed = flush(); !flushed) return flushed;
    return writeThrough(offset, bytes);
}

Expected<void> AtomicFile::flush() {
    auto written = writeThrough(m_size - m_buffer.size(), m_buffer);
    m_buffer.clear();
    return written;
}

Expected<void> AtomicFile::writeThrough(std::uint64_t offset, std::span<const std::byte> bytes) {
    if (m_failure) return tl::unexpected(*m_failure);
    m_size = std::max(m_size, offset + bytes.size());
    while (!bytes.empty()) {
        const ssize_t put = ::pwrite(m_temporary.descriptor, bytes.data(), bytes.size(),
                                     static_cast<off_t>(offset));
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return failWith(put < 0 ? errno : ENOSPC);
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        offset += static_cast<std::uint64_t>(put);
    }
    return {};
}

Expected<void> AtomicFile::prepare() {
    if (auto flushed = flush(); !flushed) return flushed;
    if (m_temporary.descriptor < 0) return {};
    if (::fsync(m_temporary.descriptor) != 0) return failWith(errno);
    if (auto sized = checkSize(); !sized) return sized;
    if (::close(std::exchange(m_temporary.descriptor, -1)) != 0) return failWith(errno);
    return {};
}

Expected<void> AtomicFile::checkSize() {
    struct stat status = {};
    if (::fstat(m_temporary.descriptor, &status) != 0) return failWith(errno);
    if (static_cast<std::uint64_t>(status.st_size) == m_size) return {};
    return failWith(
        {ErrorCode::WriteFailed, m_path.string() + ": cannot be saved: " + std::to_string(m_size) +
                                     " bytes were written, " + std::to_string(status.st_size) +
                                     " are on the disk; check the disk or choose another folder"});
}

Expected<void> AtomicFile::commit() {
    if (auto prepared = prepare(); !prepared) return prepared;
    if (::rename(m_temporary.path.c_str(), m_target.file.c_str()) != 0) return failWith(errno);
    m_temporary.path.clear();
    syncFolder(m_target.file.parent_path());
    return {};
}

tl::unexpected<Error> AtomicFile::failWith(int systemCode) {
    // Removed first: the free space that is reported is what a further try would find.
    discard();
    return failWith(writeError(m_path, systemCode, std::max(m_expected, m_size)));
}

tl::unexpected<Error> AtomicFile::failWith(Error error) {
    discard();
    m_failure = withOldFile(std::move(error), m_target);
    return tl::unexpected(*m_failure);
}

void AtomicFile::discard() {
    if (m_temporary.descriptor >= 0) ::close(std::exchange(m_temporary.descriptor, -1));
    if (!m_temporary.path.empty()) ::unlink(m_temporary.path.c_str());
    m_temporary.path.clear();
}

Expected<void> saveFile(const std::filesystem::path& path, std::string_view content) {
    auto file = AtomicFile::create(path, content.size());
    if (!file) return tl::unexpected(file.error());
    if (auto written = file->write(content); !written) return written;
    return file->commit();
}

} // namespace isentrope
