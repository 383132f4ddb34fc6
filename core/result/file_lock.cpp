// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/file_lock.h"

#include "core/result/write_error.h"

#include <cerrno>
#include <chrono>
#include <sys/file.h>
#include <thread>

namespace isentrope {

Expected<FileLock> FileLock::acquire(int descriptor, const std::filesystem::path& path) {
    using namespace std::chrono_literals;
    const auto latest = std::chrono::steady_clock::now() + 5s;
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP) return FileLock(-1);
        if (errno != EWOULDBLOCK) return tl::unexpected(writeError(path, errno));
        if (std::chrono::steady_clock::now() >= latest)
            return fail(ErrorCode::WriteFailed,
                        path.string() + ": cannot be saved: another program holds it locked; end "
                                        "that one or choose another name");
        std::this_thread::sleep_for(5ms);
    }
    return FileLock(descriptor);
}

FileLock::~FileLock() {
    if (m_descriptor >= 0) ::flock(m_descriptor, LOCK_UN);
}

} // namespace isentrope
