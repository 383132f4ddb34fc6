// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <optional>
#include <sys/types.h>

namespace isentrope {

/// What of a file survives when another takes its name.
struct FileRights {
    mode_t mode = 0;
    uid_t owner = 0;
    gid_t group = 0;
};

/// Where a save really goes: absolute, behind every symbolic link, so that the links stay.
struct SaveTarget {
    std::filesystem::path file;
    std::optional<FileRights> old; ///< of the file that stands there
};

/// WriteFailed for a folder, a device, a file protected against writing, or no name at all.
[[nodiscard]] Expected<SaveTarget> findSaveTarget(const std::filesystem::path& path);

/// A new file beside the target, open for writing, of a name nobody else has.
struct NewFile {
    std::filesystem::path path;
    int descriptor = -1;
};
[[nodiscard]] Expected<NewFile> createBeside(const SaveTarget& target);

} // namespace isentrope
