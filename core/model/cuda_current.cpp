// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/cuda_current.h"

#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <c10/util/Exception.h>
#include <cuda_runtime_api.h>

namespace isentrope {

struct OnDevice::Guard {
    c10::cuda::CUDAGuard device;
};

OnDevice::OnDevice(int device)
    : m_guard(new Guard{c10::cuda::CUDAGuard(static_cast<c10::DeviceIndex>(device))}) {}

OnDevice::~OnDevice() = default;

CUstream_st* OnDevice::stream() const {
    return c10::cuda::getCurrentCUDAStream(m_guard->device.current_device().index()).stream();
}

void OnDevice::check(int error) const {
    TORCH_CHECK(error == cudaSuccess, "CUDA: ", cudaGetErrorString(static_cast<cudaError_t>(error)),
                " (error ", error, ")");
}

} // namespace isentrope
