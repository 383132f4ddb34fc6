// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/threads.h"

#include <ATen/Parallel.h>
#include <omp.h>

namespace isentrope {

void useThreads(int count) {
    if (at::get_num_threads() != count) at::set_num_threads(count);
    // A LibTorch with an OpenMP of its own does not set ours.
    omp_set_num_threads(count);
}

} // namespace isentrope
