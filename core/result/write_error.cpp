// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/write_error.h"

#include "core/base/number.h"

#include <cerrno>
#include <cstring>
#include <limits>
#include <sys/statvfs.h>
#include <system_error>

namespace isentrope {
namespace {

std::filesystem::path folderOf(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

std::string reasonOf(const std::filesystem::path& file, int systemCode, std::uint64_t needs) {
    const std::string folder = folderOf(file).string();
    switch (systemCode) {
    case ENOSPC:
        return "no space left: needs " + humanBytes(static_cast<double>(needs)) + ", " +
               humanBytes(static_cast<double>(freeBytesBeside(file))) +
               " free; free some space or choose another folder";
    case EDQUOT:
        return "your quota of space is used up: needs " + humanBytes(static_cast<double>(needs)) +
               "; free some space or choose another folder";
    case EFBIG:
        return "larger than any file may be here: needs " + humanBytes(static_cast<double>(needs)) +
               "; raise the limit of this session (ulimit -f) or choose another folder";
    case EACCES:
    case EPERM:
        return "no permission to write into the folder " + folder + "; choose another folder";
    case EROFS:
        return "the folder " + folder + " is read-only; choose another folder";
    case ENOENT:
        return "there is no folder " + folder + "; make it first";
    case ENOTDIR:
        return folder + " is not a folder; choose another place";
    case EISDIR:
        return "a folder of this name stands there; choose another name";
    case ENAMETOOLONG:
        return "the name is longer than the system allows; choose a shorter one";
    case ELOOP:
        return "its links lead in a circle; choose another name";
    default:
        return std::generic_category().message(systemCode) + "; try another folder";
    }
}

} // namespace

std::uint64_t freeBytesBeside(const std::filesystem::path& file) {
    struct statvfs status = {};
    if (::statvfs(folderOf(file).c_str(), &status) != 0)
        return std::numeric_limits<std::uint64_t>::max();
    return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

Error writeError(const std::filesystem::path& file, int systemCode, std::uint64_t needs) {
    return {ErrorCode::WriteFailed,
            file.string() + ": cannot be saved: " + reasonOf(file, systemCode, needs)};
}

} // namespace isentrope
