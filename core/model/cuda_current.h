// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

struct CUstream_st; // cudaStream_t

namespace isentrope {

/// Until the end of its scope one device is the current one, with LibTorch's stream for it.
class OnDevice {
public:
    explicit OnDevice(int device);
    ~OnDevice();
    OnDevice(const OnDevice&) = delete;
    OnDevice& operator=(const OnDevice&) = delete;

    [[nodiscard]] CUstream_st* stream() const;
    /// Throws what LibTorch throws, so that every failure of a device comes the same way.
    void check(int error) const;

private:
    struct Guard;
    std::unique_ptr<Guard> m_guard;
};

} // namespace isentrope
