// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"

#include "core/base/number.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace isentrope {
namespace {

Error openError(const std::filesystem::path& path, int code) {
    if (code == ENOENT || code == ENOTDIR)
        return {ErrorCode::NotFound, path.string() + ": there is no such file"};
    return {ErrorCode::Unreadable,
            path.string() + ": cannot be read (" + std::generic_category().message(code) + ")"};
}

} // namespace

Expected<File> File::open(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return tl::unexpected(openError(path, errno));
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        return fail(ErrorCode::Unreadable,
                    path.string() + ": is not a regular file; expected a file with content");
    }
    return File(path, descriptor, static_cast<std::uint64_t>(status.st_size));
}

File::File(std::filesystem::path path, int descriptor, std::uint64_t size)
    : m_path(std::move(path))
    , m_descriptor(descriptor)
    , m_size(size) {}

File::File(File&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_size(other.m_size) {}

File& File::operator=(File&& other) noexcept {
    std::swap(m_path, other.m_path);
    std::swap(m_descriptor, other.m_descriptor);
    std::swap(m_size, other.m_size);
    return *this;
}

File::~File() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Expected<void> File::readAt(std::uint64_t offset, std::span<std::byte> bytes) const {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::pread(m_descriptor, bytes.data() + done, bytes.size() - done,
                                    static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return tl::unexpected(openError(m_path, errno));
        if (got == 0)
            return fail(ErrorCode::Truncated,
                        m_path.string() + ": ends at byte " + std::to_string(offset + done) +
                            ", expected content up to byte " +
                            std::to_string(offset + bytes.size()) + "; fetch the file again");
        done += static_cast<std::size_t>(got);
    }
    return {};
}

Expected<std::string> readWholeFile(const std::filesystem::path& path, std::uint64_t mostBytes) {
    auto file = File::open(path);
    if (!file) return tl::unexpected(file.error());
    if (file->size() > mostBytes)
        return fail(ErrorCode::TooLarge,
                    path.string() + ": has " + humanBytes(static_cast<double>(file->size())) +
                        ", expected at most " + humanBytes(static_cast<double>(mostBytes)));
    std::string content(file->size(), '\0');
    if (auto read = file->readAt(0, std::as_writable_bytes(std::span(content))); !read)
        return tl::unexpected(read.error());
    return content;
}

} // namespace isentrope
