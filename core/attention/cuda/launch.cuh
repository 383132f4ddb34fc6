// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cuda_runtime.h>
#include <type_traits>

/// Nothing but C++ starts these kernels and names their memory, so that a host's compiler can read
/// the same files and a test can run them without a GPU.
#ifndef ISENTROPE_DYNAMIC_SHARED
#define ISENTROPE_DYNAMIC_SHARED(type, name) extern __shared__ type name[]
#endif

namespace isentrope::cuda {

template <class... Parameters>
int launchKernel(void (*kernel)(Parameters...), dim3 blocks, int threads, std::size_t shared,
                 cudaStream_t stream, std::type_identity_t<Parameters>... arguments) {
    cudaLaunchConfig_t config{};
    config.gridDim = blocks;
    config.blockDim = dim3(static_cast<unsigned>(threads));
    config.dynamicSmemBytes = shared;
    config.stream = stream;
    return cudaLaunchKernelEx(&config, kernel, arguments...);
}

} // namespace isentrope::cuda
