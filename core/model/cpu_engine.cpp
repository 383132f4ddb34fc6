// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/machine.h"
#include "core/engine_plugin.h"
#include "core/model/cpu_kernels.h"
#include "core/model/torch_engine.h"

namespace isentrope {
namespace {

class CpuEngine : public Engine {
public:
    [[nodiscard]] std::string description() const override {
        return torchVersion() + ", CPU, " + m_kernels->name();
    }

    [[nodiscard]] std::vector<DeviceInfo> devices() const override {
        const DeviceMemory memory = m_kernels->memory();
        DeviceInfo cpu;
        cpu.id = "cpu";
        cpu.name = processorName();
        cpu.totalBytes = memory.totalBytes;
        cpu.freeBytes = memory.freeBytes;
        cpu.fastIsFaster = m_kernels->fastProducts();
        return {cpu};
    }

    Expected<std::unique_ptr<Model>> load(const Checkpoint& checkpoint, const std::string& device,
                                          Precision precision, int threads) override {
        if (device != "cpu" && device != "auto")
            return fail(ErrorCode::NoDevice,
                        "device '" + device + "': this engine runs on cpu alone");
        return loadGauModel(checkpoint, m_kernels, "cpu", precision, threads);
    }

private:
    std::shared_ptr<const Kernels> m_kernels = std::make_shared<CpuKernels>();
};

} // namespace
} // namespace isentrope

extern "C" __attribute__((visibility("default"))) const isentrope::EnginePlugin*
isentropeEnginePlugin() {
    static isentrope::CpuEngine engine;
    static const isentrope::EnginePlugin plugin{isentrope::engineAbi,
                                                []() -> isentrope::Engine* { return &engine; }};
    return &plugin;
}
