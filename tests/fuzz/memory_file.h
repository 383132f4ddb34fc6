// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/checkpoint/tensor_directory.h"

#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace isentrope::fuzz {

/// A regular file of the given bytes that never touches a disk.
class MemoryFile {
public:
    MemoryFile(const std::uint8_t* bytes, std::size_t size)
        : m_descriptor(::memfd_create("fuzz", MFD_CLOEXEC)) {
        if (m_descriptor < 0 || ::write(m_descriptor, bytes, size) != static_cast<ssize_t>(size))
            std::abort();
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { ::close(m_descriptor); }

    [[nodiscard]] std::filesystem::path path() const {
        return "/proc/self/fd/" + std::to_string(m_descriptor);
    }

private:
    int m_descriptor;
};

/// Opens the bytes by `reader`; whatever is accepted must be readable to its last element, and
/// whatever is refused must say why.
template <class Reader>
void readAll(const std::uint8_t* bytes, std::size_t size, Reader&& reader) {
    const MemoryFile memory(bytes, size);
    const auto file = File::open(memory.path());
    if (!file) std::abort();
    const auto directory = reader(*file);
    if (!directory && directory.error().message.empty()) std::abort();
    if (!directory) return;
    for (const TensorEntry& tensor : directory->tensors) {
        const auto values = readDoubles(*directory, tensor);
        if (!values || values->size() != static_cast<std::size_t>(tensor.count())) std::abort();
    }
}

} // namespace isentrope::fuzz
