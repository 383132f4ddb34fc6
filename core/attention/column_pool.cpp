// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/column_pool.h"

#include <algorithm>

namespace isentrope {

namespace {

/// Narrow bins of a width known here, which the compiler turns into vector code.
template <std::int64_t stride, class Real, class Combine>
void poolNarrow(const Real* cell, std::int64_t bins, float* into, const Combine& combine) {
    for (std::int64_t bin = 0; bin < bins; ++bin) {
        Real value = cell[bin * stride];
        for (std::int64_t column = 1; column < stride; ++column)
            value = combine(value, cell[bin * stride + column]);
        into[bin] = combine(into[bin], static_cast<float>(value));
    }
}

/// bins[c] = combine(bins[c], the cells of bin c folded by `combine`).
template <class Real, class Combine>
void pool(std::span<const Real> columns, std::int64_t stride, float* bins, const Combine& combine) {
    const auto count = static_cast<std::int64_t>(columns.size());
    const Real* cell = columns.data();
    const std::int64_t whole = stride <= 4 ? count / stride : 0; // bins done by the narrow code
    if (stride == 1) poolNarrow<1>(cell, whole, bins, combine);
    if (stride == 2) poolNarrow<2>(cell, whole, bins, combine);
    if (stride == 3) poolNarrow<3>(cell, whole, bins, combine);
    if (stride == 4) poolNarrow<4>(cell, whole, bins, combine);
    for (std::int64_t begin = whole * stride, bin = whole; begin < count; begin += stride, ++bin) {
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
