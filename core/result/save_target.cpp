// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/save_target.h"

#include "core/result/write_error.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <random>
#include <sys/stat.h>
#include <unistd.h>

namespace isentrope {
namespace {

namespace fs = std::filesystem;

constexpr mode_t permissionBits = 0777;

Expected<fs::path> behindLinks(const fs::path& path) {
    constexpr int mostLinks = 40;
    std::error_code problem;
    fs::path at = fs::absolute(path, problem);
    for (int hop = 0; hop < mostLinks; ++hop) {
        if (!fs::is_symlink(fs::symlink_status(at, problem))) return at;
        const fs::path next = fs::read_symlink(at, problem);
        if (problem) return tl::unexpected(writeError(path, problem.value()));
        at = next.is_absolute() ? next : at.parent_path() / next;
    }
    return tl::unexpected(writeError(path, ELOOP));
}

std::string randomName() {
    std::random_device source;
    std::array<char, 40> name{};
    std::snprintf(name.data(), name.size(), ".isentrope-%08x%08x.part", source(), source());
    return name.data();
}

void giveRights(int descriptor, const FileRights& rights) {
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0) return;
    const bool foreign = status.st_uid != rights.owner || status.st_gid != rights.group;
    // Only root may give a file away; where that fails the file is ours, readable as before.
    if (foreign && ::fchown(descriptor, rights.owner, rights.group) != 0) errno = 0;
    ::fchmod(descriptor, rights.mode);
}

} // namespace

Expected<SaveTarget> findSaveTarget(const fs::path& path) {
    if (!path.has_filename())
        return fail(ErrorCode::WriteFailed, (path.empty() ? "an empty name" : path.string()) +
                                                ": names no file; give a file name to save to");
    auto file = behindLinks(path);
    if (!file) return tl::unexpected(file.error());
    struct stat status = {};
    if (::stat(file->c_str(), &status) != 0) {
        if (errno != ENOENT) return tl::unexpected(writeError(path, errno));
        return SaveTarget{*file, std::nullopt};
    }
    if (S_ISDIR(status.st_mode)) return tl::unexpected(writeError(path, EISDIR));
    if (!S_ISREG(status.st_mode))
        return fail(
            ErrorCode::WriteFailed,
            path.string() +
                ": cannot be saved: what stands there is no regular file; choose another name");
    if (::access(file->c_str(), W_OK) != 0)
        return fail(ErrorCode::WriteFailed,
                    path.string() + ": cannot be saved: the file that stands there is protected "
                                    "against writing; allow it or choose another name");
    return SaveTarget{*file,
                      FileRights{status.st_mode & permissionBits, status.st_uid, status.st_gid}};
}

Expected<NewFile> createBeside(const SaveTarget& target) {
    constexpr int mostTries = 16;
    const mode_t mode = target.old ? target.old->mode : 0666;
    for (int tries = 0; tries < mostTries; ++tries) {
        fs::path path = target.file.parent_path() / randomName();
        const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (descriptor >= 0) {
            if (target.old) giveRights(descriptor, *target.old);
            return NewFile{std::move(path), descriptor};
        }
        if (errno != EEXIST) break;
    }
    return tl::unexpected(writeError(target.file, errno));
}

} // namespace isentrope
