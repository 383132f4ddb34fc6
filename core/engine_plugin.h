// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// What a plug-in and the program agree on before any C++ type crosses between them.
namespace isentrope {

class Engine;

/// Rises with every change to a type that core/engine.h shows.
inline constexpr std::uint32_t engineAbi = 1;

struct EnginePlugin {
    std::uint32_t abi = 0;
    /// The engine, owned by the plug-in; nullptr where it cannot start.
    Engine* (*engine)() = nullptr;
};

/// The one symbol of a plug-in: `extern "C" const EnginePlugin* isentropeEnginePlugin()`.
inline constexpr const char* enginePluginSymbol = "isentropeEnginePlugin";
using EnginePluginFunction = const EnginePlugin* (*)();

} // namespace isentrope
