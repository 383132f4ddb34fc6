// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>

namespace isentrope::cli {

/// From here on Ctrl-C and SIGTERM ask the work to stop at its next unit; a second one ends the
/// program at once. A full disk is an error of the write and not a signal. Call once, before any
/// thread is started.
void handleInterrupts();

/// Stopped by Ctrl-C.
[[nodiscard]] std::stop_token interruptToken();

} // namespace isentrope::cli
