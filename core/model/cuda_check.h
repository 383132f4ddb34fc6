// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <c10/util/Exception.h>
#include <cuda_runtime_api.h>

namespace isentrope {

/// Until the end of its scope one device is the current one, with LibTorch's stream for it.
class OnDevice {
public:
    explicit OnDevice(int device)
        : m_guard(static_cast<c10::DeviceIndex>(device)) {}

    [[nodiscard]] cudaStream_t stream() const {
        return c10::cuda::getCurrentCUDAStream(m_guard.current_device().index()).stream();
    }
    /// Throws what LibTorch throws, so that every failure of a device comes the same way.
    void check(int error) const {
        TORCH_CHECK(error == cudaSuccess,
                    "CUDA: ", cudaGetErrorString(static_cast<cudaError_t>(error)), " (error ",
                    error, ")");
    }

private:
    c10::cuda::CUDAGuard m_guard;
};

} // namespace isentrope
