// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

namespace isentrope {

/// The exception in flight as an Error: Cancelled for Stopped, OutOfMemory for a failed allocation
/// of the host or the device, else Internal. Only inside a catch block.
[[nodiscard]] Error errorInFlight();

/// Runs `work`, which answers an Expected, and turns whatever it throws into an Error.
template <class Work>
[[nodiscard]] auto guarded(Work&& work) -> decltype(work()) {
    try {
        return work();
    } catch (...) {
        return tl::unexpected<Error>(errorInFlight());
    }
}

} // namespace isentrope
