// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/torch_zip.h"
#include "memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    isentrope::fuzz::readAll(bytes, size, isentrope::readTorchZip);
    return 0;
}
