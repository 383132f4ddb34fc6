// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <type_traits>

/// As much of CUDA as core/attention/cuda asks for, on the host: one block of threads after the
/// other, each thread a coroutine that runs until it has to wait for others. Memory of the device
/// is memory of the host.
#define __global__
#define __device__
#define __noinline__
#define __launch_bounds__(...)
#define __shared__ static
#define ISENTROPE_DYNAMIC_SHARED(type, name)                                                       \
    type* name = reinterpret_cast<type*>(cudahost::dynamicShared)

struct CUstream_st;
using cudaStream_t = CUstream_st*;

enum cudaError_t { cudaSuccess = 0, cudaErrorInvalidValue = 1 };
enum { cudaFuncAttributeMaxDynamicSharedMemorySize, cudaDevAttrMaxSharedMemoryPerBlockOptin };

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned first = 1, unsigned second = 1, unsigned third = 1)
        : x(first)
        , y(second)
        , z(third) {}
};
struct alignas(16) float4 {
    float x, y, z, w;
};
struct alignas(8) uint2 {
    unsigned x, y;
};
struct cudaLaunchConfig_t {
    dim3 gridDim, blockDim;
    std::size_t dynamicSmemBytes = 0;
    cudaStream_t stream = nullptr;
};
struct cudaFuncAttributes {
    int numRegs = 0;
};

inline dim3 threadIdx(0, 0, 0), blockIdx(0, 0, 0), gridDim, blockDim;

namespace cudahost {

/// What the tests choose: shared memory of a block, and whether threads take turns from the last
/// to the first, which shows a barrier that is missing.
inline int sharedBytes = 227 * 1024;
inline bool backwards = false;

alignas(16) inline unsigned char dynamicShared[256 * 1024];
/// One value a thread and turn, for shuffles.
inline std::uint64_t laneValues[2][1024];
inline int shuffleTurn[1024];

void waitForWarp();
void waitForBlock();
/// Runs body(argument) once per thread of a block; aborts where threads wait for ever.
void runBlock(int threads, void (*body)(void*), void* argument);

} // namespace cudahost

inline void __syncthreads() {
    cudahost::waitForBlock();
}
inline void __syncwarp() {
    cudahost::waitForWarp();
}

template <class T>
T __shfl_xor_sync(unsigned /*mask*/, T value, int offset) {
    static_assert(sizeof(T) == sizeof(std::uint32_t));
    const unsigned me = threadIdx.x;
    const int turn = cudahost::shuffleTurn[me] ^= 1;
    cudahost::laneValues[turn][me] = std::bit_cast<std::uint32_t>(value);
    cudahost::waitForWarp();
    const auto bits =
        static_cast<std::uint32_t>(cudahost::laneValues[turn][me ^ static_cast<unsigned>(offset)]);
    return std::bit_cast<T>(bits);
}

template <class T>
T atomicAdd(T* place, T value) {
    const T before = *place;
    *place += value;
    return before;
}
inline int atomicMax(int* place, int value) {
    const int before = *place;
    if (value > before) *place = value;
    return before;
}
inline int __float_as_int(float value) {
    return std::bit_cast<int>(value);
}

inline int min(int a, int b) {
    return a < b ? a : b;
}
inline int max(int a, int b) {
    return a < b ? b : a;
}
inline std::int64_t min(std::int64_t a, std::int64_t b) {
    return a < b ? a : b;
}
inline std::int64_t max(std::int64_t a, std::int64_t b) {
    return a < b ? b : a;
}
using std::isfinite;

template <class... Parameters, class... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                               Arguments&&... arguments) {
    if (config->dynamicSmemBytes > static_cast<std::size_t>(cudahost::sharedBytes))
        return cudaErrorInvalidValue;
    gridDim = config->gridDim;
    blockDim = config->blockDim;
    auto call = [&] { kernel(arguments...); };
    for (unsigned y = 0; y < gridDim.y; ++y)
        for (unsigned x = 0; x < gridDim.x; ++x) {
            blockIdx = {x, y, 0};
            cudahost::runBlock(
                static_cast<int>(blockDim.x),
                [](void* task) { (*static_cast<decltype(call)*>(task))(); }, &call);
        }
    return cudaSuccess;
}

template <class Kernel>
cudaError_t cudaFuncSetAttribute(Kernel /*kernel*/, int /*attribute*/, int bytes) {
    return bytes <= cudahost::sharedBytes ? cudaSuccess : cudaErrorInvalidValue;
}
template <class Kernel>
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* /*attributes*/, Kernel /*kernel*/) {
    return cudaSuccess;
}
inline cudaError_t cudaGetDevice(int* device) {
    *device = 0;
    return cudaSuccess;
}
inline cudaError_t cudaDeviceGetAttribute(int* value, int /*attribute*/, int /*device*/) {
    *value = cudahost::sharedBytes;
    return cudaSuccess;
}
