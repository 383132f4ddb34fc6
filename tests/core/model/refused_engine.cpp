// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine_plugin.h"

#ifdef ISENTROPE_WRONG_ABI
extern "C" __attribute__((visibility("default"))) const isentrope::EnginePlugin*
isentropeEnginePlugin() {
    static const isentrope::EnginePlugin plugin{isentrope::engineAbi + 1, nullptr};
    return &plugin;
}
#endif
