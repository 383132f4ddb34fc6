// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/cuda_devices.h"

#include "core/attention/cuda/kernels.h"
#include "core/model/cuda_current.h"
#include "core/model/guarded.h"

#include <ATen/Context.h>
#include <algorithm>
#include <c10/cuda/CUDACachingAllocator.h>
#include <charconv>
#include <cuda_runtime_api.h>

namespace isentrope {
namespace {

/// The oldest with bfloat16 units and enough shared memory; older ones are named in no build.
constexpr int oldestMajor = 8;

std::string nameOf(int device) {
    return "cuda:" + std::to_string(device);
}

std::string whyNoDevice(cudaError_t error) {
    int driver = 0;
    (void)cudaDriverGetVersion(&driver);
    if (driver == 0) return "no NVIDIA driver was found; install it, or use the device cpu";
    if (error == cudaErrorInsufficientDriver)
        return "the NVIDIA driver speaks CUDA " + cudaVersion(driver) + ", this engine needs " +
               cudaVersion(CUDART_VERSION) + "; update the driver, or use the device cpu";
    if (error == cudaSuccess || error == cudaErrorNoDevice)
        return "no NVIDIA GPU was found; use the device cpu";
    return std::string("the NVIDIA driver answers: ") + cudaGetErrorString(error);
}

DeviceInfo unusable(DeviceInfo info, std::string reason) {
    info.usable = false;
    info.reason = std::move(reason);
    return info;
}

DeviceInfo describe(int device) {
    DeviceInfo info;
    info.id = nameOf(device);
    info.name = "NVIDIA GPU";
    cudaDeviceProp properties{};
    const cudaError_t error = cudaGetDeviceProperties(&properties, device);
    if (error != cudaSuccess) return unusable(info, whyNoDevice(error));
    info.name = properties.name;
    info.totalBytes = properties.totalGlobalMem;
    if (properties.major < oldestMajor)
        return unusable(info, "its compute capability is " + std::to_string(properties.major) +
                                  "." + std::to_string(properties.minor) + ", expected " +
                                  std::to_string(oldestMajor) + ".0 or newer; use the device cpu");
    info.fastIsFaster = true;
    const auto memory = guarded([&]() -> Expected<DeviceMemory> { return cudaMemory(device); });
    if (!memory) return unusable(info, memory.error().message);
    info.freeBytes = memory->freeBytes;
    return info;
}

/// The number in "cuda:1", 0 in "cuda" and "auto", -1 elsewhere.
int indexOf(std::string_view device) {
    if (device == "auto" || device == "cuda") return 0;
    constexpr std::string_view prefix = "cuda:";
    if (!device.starts_with(prefix)) return -1;
    const char* end = device.data() + device.size();
    int index = -1;
    const auto [stop, problem] = std::from_chars(device.data() + prefix.size(), end, index);
    return problem == std::errc() && stop == end ? index : -1;
}

} // namespace

std::string cudaVersion(int number) {
    return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

std::vector<DeviceInfo> cudaDevices() {
    int count = 0;
    const cudaError_t error = cudaGetDeviceCount(&count);
    if (error != cudaSuccess || count == 0) {
        (void)cudaGetLastError(); // told once, here
        DeviceInfo none;
        none.id = "cuda";
        none.name = "NVIDIA GPU";
        return {unusable(none, whyNoDevice(error))};
    }
    std::vector<DeviceInfo> devices;
    for (int device = 0; device < count; ++device)
        devices.push_back(describe(device));
    return devices;
}

Expected<int> chosenCudaDevice(const std::string& device) {
    const std::vector<DeviceInfo> devices = cudaDevices();
    const bool any = device == "auto" || device == "cuda";
    const auto found = std::ranges::find_if(
        devices, [&](const DeviceInfo& info) { return any ? info.usable : info.id == device; });
    if (found == devices.end() && devices.front().usable)
        return fail(ErrorCode::NoDevice, "device '" + device + "': not here; expected cuda, or " +
                                             nameOf(0) + " to " + devices.back().id);
    const DeviceInfo& chosen = found == devices.end() ? devices.front() : *found;
    if (!chosen.usable)
        return fail(ErrorCode::NoDevice, "device '" + device + "': " + chosen.reason);
    const int index = indexOf(chosen.id);
    return guarded([&]() -> Expected<int> {
        const OnDevice here(index);
        if (const int error = cuda::kernelsUsable(); error != cudaSuccess)
            return fail(ErrorCode::NoDevice,
                        "device '" + chosen.id + "' (" + chosen.name +
                            "): this build has no kernels for it (" +
                            cudaGetErrorString(static_cast<cudaError_t>(error)) +
                            "); build again with its compute capability in "
                            "CMAKE_CUDA_ARCHITECTURES");
        return index;
    });
}

DeviceMemory cudaMemory(int device) {
    at::globalContext().lazyInitDevice(c10::DeviceType::CUDA);
    const OnDevice here(device);
    std::size_t free = 0, total = 0;
    here.check(cudaMemGetInfo(&free, &total));
    const auto stats =
        c10::cuda::CUDACachingAllocator::getDeviceStats(static_cast<c10::DeviceIndex>(device));
    const std::int64_t cached = stats.reserved_bytes[0].current - stats.allocated_bytes[0].current;
    return {total, free + static_cast<std::uint64_t>(std::max<std::int64_t>(0, cached))};
}

ComputeCapability computeCapability(int device) {
    ComputeCapability capability;
    (void)cudaDeviceGetAttribute(&capability.major, cudaDevAttrComputeCapabilityMajor, device);
    (void)cudaDeviceGetAttribute(&capability.minor, cudaDevAttrComputeCapabilityMinor, device);
    return capability;
}

} // namespace isentrope
