// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace isentrope {

/// LibTorch, its products and our kernels use so many threads when called from this one.
void useThreads(int count);

} // namespace isentrope
