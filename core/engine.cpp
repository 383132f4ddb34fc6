// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine.h"

#include "core/engine_plugin.h"

#include <algorithm>
#include <dlfcn.h>
#include <map>
#include <mutex>
#include <optional>

namespace isentrope {
namespace {

namespace fs = std::filesystem;

std::string pluginFile(const std::string& kind) {
    return "isentrope_engine_" + kind + ".so";
}

std::vector<fs::path> pluginFolders(const std::vector<fs::path>& extraFolders) {
    std::vector<fs::path> folders = extraFolders;
    std::error_code problem;
    const fs::path program = fs::read_symlink("/proc/self/exe", problem);
    if (!problem) {
        const fs::path beside = program.parent_path();
        const fs::path above = beside.parent_path();
        folders.insert(folders.end(), {beside, above / "lib", above / "lib" / "isentrope"});
    }
    return folders;
}

std::string howToGet(const std::string& kind) {
    if (kind == "cuda")
        return "it is built where LibTorch with CUDA and nvcc are found; --device cpu does without";
    return "it is built where LibTorch is found: install libtorch-dev and libopenblas0-openmp (or "
           "run scripts/run) and build again";
}

std::string lastLoaderMessage() {
    const char* text = dlerror();
    return text ? text : "no reason given";
}

/// Asks a loaded library for its engine.
Expected<Engine*> engineOf(void* library, const std::string& name) {
    const auto entry = reinterpret_cast<EnginePluginFunction>(dlsym(library, enginePluginSymbol));
    const EnginePlugin* plugin = entry ? entry() : nullptr;
    if (!plugin)
        return fail(ErrorCode::NoDevice, name + ": not an engine of this program (no " +
                                             enginePluginSymbol + "); remove it or build again");
    if (plugin->abi != engineAbi)
        return fail(ErrorCode::NoDevice, name + ": made for engine interface " +
                                             std::to_string(plugin->abi) +
                                             ", this program speaks " + std::to_string(engineAbi) +
                                             "; build both from the same sources");
    Engine* engine = plugin->engine ? plugin->engine() : nullptr;
    if (!engine) return fail(ErrorCode::NoDevice, name + ": the engine could not start here");
    return engine;
}

Expected<Engine*> openPlugin(const fs::path& file) {
    static std::mutex mutex;
    static std::map<std::string, Engine*> open;
    const std::scoped_lock lock(mutex);
    if (const auto found = open.find(file.string()); found != open.end()) return found->second;
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return fail(ErrorCode::NoDevice, file.string() +
                                             ": cannot be loaded: " + lastLoaderMessage() +
                                             "; install what is missing or build again");
    Expected<Engine*> engine = engineOf(library, file.string());
    if (engine)
        open.emplace(file.string(), *engine);
    else
        dlclose(library);
    return engine;
}

Expected<Engine*> loadKind(const std::string& kind, const std::vector<fs::path>& folders) {
    std::string looked;
    for (const fs::path& folder : folders) {
        const fs::path file = folder / pluginFile(kind);
        std::error_code problem;
        if (fs::exists(file, problem)) return openPlugin(file);
        looked += (looked.empty() ? "" : ", ") + folder.string();
    }
    return fail(ErrorCode::NoDevice, "no engine for " + kind + ": " + pluginFile(kind) +
                                         " is not in " + looked + "; " + howToGet(kind));
}

bool hasUsableDevice(const Engine& engine) {
    return std::ranges::any_of(engine.devices(), &DeviceInfo::usable);
}

} // namespace

std::string_view precisionName(Precision precision) {
    switch (precision) {
    case Precision::Exact:
        return "exact";
    case Precision::Fast:
        return "fast";
    case Precision::Double:
        return "double";
    }
    return "exact";
}

Expected<Engine*> loadEngine(const std::string& device,
                             const std::vector<std::filesystem::path>& extraFolders) {
    const std::vector<fs::path> folders = pluginFolders(extraFolders);
    if (device == "auto") {
        const Expected<Engine*> cuda = loadKind("cuda", folders);
        if (cuda && hasUsableDevice(**cuda)) return cuda;
        return loadKind("cpu", folders);
    }
    if (device == "cpu") return loadKind("cpu", folders);
    if (device == "cuda" || device.starts_with("cuda:")) return loadKind("cuda", folders);
    return fail(ErrorCode::NoDevice,
                "device '" + device + "': expected auto, cpu, cuda or cuda:NUMBER");
}

} // namespace isentrope
