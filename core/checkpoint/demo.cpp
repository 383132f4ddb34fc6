// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/demo.h"

#include "core/base/nearest.h"
#include "core/checkpoint/folder_content.h"

#include <algorithm>

namespace isentrope {
namespace fs = std::filesystem;

std::vector<fs::path> standardDemoFolders() {
    std::vector<fs::path> folders;
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (!error)
        folders.push_back(program.parent_path().parent_path() / "share" / "isentrope" / "demo");
    folders.push_back(fs::path(ISENTROPE_SOURCE_RESOURCES) / "demo");
    folders.push_back(fs::path(ISENTROPE_INSTALLED_DATA) / "demo");
    return folders;
}

std::vector<std::string> demoNames(std::span<const fs::path> folders) {
    std::vector<std::string> names;
    for (const fs::path& folder : folders)
        for (const std::string& name : subFoldersWithConfig(folder))
            names.push_back(name);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

Expected<fs::path> resolveDemo(std::string_view name, std::span<const fs::path> folders) {
    const std::vector<std::string> names = demoNames(folders);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
        std::string known;
        for (const std::string& each : names)
            known += (known.empty() ? "" : ", ") + each;
        return fail(ErrorCode::NotFound,
                    "demo:" + std::string(name) + ": there is no such bundled checkpoint; " +
                        (known.empty() ? "this build bundles none" : "there are: " + known) + "." +
                        didYouMean(name, names));
    }
    for (const fs::path& folder : folders) {
        std::error_code error;
        if (fs::is_directory(folder / name, error)) return folder / name;
    }
    return fail(ErrorCode::NotFound, "demo:" + std::string(name) + ": its folder was removed");
}

} // namespace isentrope
