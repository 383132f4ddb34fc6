// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace isentrope {

[[nodiscard]] inline int threadLimit() {
#ifdef _OPENMP
    return omp_get_max_threads();
#else
    return 1;
#endif
}

/// task(0) ... task(count - 1) in any order, on several threads where `worthIt`. The task must not
/// throw.
template <class Task>
void parallelFor(std::int64_t count, [[maybe_unused]] bool worthIt, const Task& task) {
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic) if (worthIt && count > 1)
#endif
    for (std::int64_t index = 0; index < count; ++index)
        task(index);
}

} // namespace isentrope
