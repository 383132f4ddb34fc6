// SPDX-License-Identifier: GPL-3.0-or-later
// Gives every file of a corpus folder to a fuzz target; one that crashes is the last one named.
#include "core/base/file.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int count, char** arguments) {
    if (count != 2 || !std::filesystem::is_directory(arguments[1])) {
        std::fprintf(stderr, "expected one folder with the kept inputs of this target\n");
        return 1;
    }
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
        const auto bytes = isentrope::readWholeFile(entry.path(), 1 << 24);
        if (!bytes) {
            std::fprintf(stderr, "%s\n", bytes.error().message.c_str());
            return 1;
        }
        std::printf("%s, %zu bytes\n", entry.path().c_str(), bytes->size());
        std::fflush(stdout);
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size());
        ++files;
    }
    std::printf("%d inputs\n", files);
    return files > 0 ? 0 : 1;
}
