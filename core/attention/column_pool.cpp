// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/column_pool.h"

#include <algorithm>

namespace isentrope {

namespace {

/// bins[c] = reduce(bins[c], the cells of bin c folded by `combine`).
template <class Real, class Combine>
void pool(std::span<const Real> columns, std::int64_t stride, float* bins, const Combine& combine) {
    const auto count = static_cast<std::int64_t>(columns.size());
    const Real* cell = columns.data();
    if (stride == 1) {
        for (std::int64_t bin = 0; bin < count; ++bin)
            bins[bin] = combine(bins[bin], static_cast<float>(cell[bin]));
        return;
    }
    for (std::int64_t begin = 0, bin = 0; begin < count; begin += stride, ++bin) {
        const std::int64_t end = std::min(count, begin + stride);
        Real value = cell[begin];
        for (std::int64_t column = begin + 1; column < end; ++column)
            value = combine(value, cell[column]);
        bins[bin] = combine(bins[bin], static_cast<float>(value));
    }
}

} // namespace

template <class Real>
void addPooled(std::span<const Real> columns, std::int64_t stride, float* bins) {
    pool(columns, stride, bins, [](auto a, auto b) { return a + b; });
}

template <class Real>
void raisePooled(std::span<const Real> columns, std::int64_t stride, float* bins) {
    pool(columns, stride, bins, [](auto a, auto b) { return a < b ? b : a; });
}

template void addPooled(std::span<const float>, std::int64_t, float*);
template void addPooled(std::span<const double>, std::int64_t, float*);
template void raisePooled(std::span<const float>, std::int64_t, float*);
template void raisePooled(std::span<const double>, std::int64_t, float*);

} // namespace isentrope
