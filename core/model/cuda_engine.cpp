// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine_plugin.h"
#include "core/model/cuda_devices.h"
#include "core/model/cuda_kernels.h"
#include "core/model/guarded.h"
#include "core/model/torch_engine.h"

#include <cuda_runtime_api.h>

namespace isentrope {
namespace {

class CudaEngine : public Engine {
public:
    [[nodiscard]] std::string description() const override {
        return torchVersion() + ", CUDA " + cudaVersion(CUDART_VERSION);
    }

    [[nodiscard]] std::vector<DeviceInfo> devices() const override { return cudaDevices(); }

    Expected<std::unique_ptr<Model>> load(const Checkpoint& checkpoint, const std::string& device,
                                          Precision precision, int threads) override {
        if (precision == Precision::Double)
            return fail(ErrorCode::Unsupported, "precision double on '" + device +
                                                    "': the reference runs on the CPU alone; load "
                                                    "it on the device 'cpu'");
        const auto index = chosenCudaDevice(device);
        if (!index) return tl::unexpected(index.error());
        return guarded([&]() -> Expected<std::unique_ptr<Model>> {
            return loadGauModel(checkpoint, std::make_shared<CudaKernels>(*index),
                                "cuda:" + std::to_string(*index), precision, threads);
        });
    }
};

} // namespace
} // namespace isentrope

extern "C" __attribute__((visibility("default"))) const isentrope::EnginePlugin*
isentropeEnginePlugin() {
    static isentrope::CudaEngine engine;
    static const isentrope::EnginePlugin plugin{isentrope::engineAbi,
                                                []() -> isentrope::Engine* { return &engine; }};
    return &plugin;
}
