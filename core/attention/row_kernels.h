// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/logit_tables.h"
#include "core/attention/row_segments.h"

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace isentrope {

/// Sums over some columns of one row, of e = exp(x - reference):
///   mass = sum e,  moment = sum e (x - reference),  distance = sum e |i - j|.
struct WeightSums {
    double reference = -std::numeric_limits<double>::infinity();
    double mass = 0;
    double moment = 0;
    double distance = 0;

    /// The same sums about a higher reference.
    [[nodiscard]] WeightSums about(double higher) const;
    void add(const WeightSums& other);
};

/// What one walk over a row leaves behind.
template <class Real>
struct RowSums {
    Real largest = -std::numeric_limits<Real>::infinity();
    std::int64_t largestColumn = -1;
    std::vector<WeightSums> ranges; ///< [0] the token itself, [r] the distances [10^(r-1), 10^r)
    /// Per tile, what its stored exponentials are relative to; -infinity: no open key.
    std::vector<Real> tileReference;

    void reset(int rangeTotal, std::int64_t columns);
};

/// Exponentials of a stretch of one row made weights, and what is gathered per column on the way.
/// All pointers are to column 0; null: not gathered.
template <class Real>
struct ScaleTask {
    Real* weights = nullptr;
    std::int64_t columns = 0;
    std::int64_t begin = 0, end = 0;
    Real factor = 1;
    Real* sum = nullptr;
    Real* largest = nullptr;
    Real* distance = nullptr;
};

/// The vector code of one instruction set.
template <class Real>
struct RowKernels {
    const char* target;
    /// Largest logit and sums of a row; with `store` its values become exp(x - tileReference).
    void (*walk)(const LogitRow<Real>& row, std::span<const Segment> segments, bool store,
                 RowSums<Real>& sums);
    void (*scale)(const ScaleTask<Real>& task);
    /// values[begin] + ... + values[end - 1] of a row with so many columns.
    double (*total)(const Real* values, std::int64_t columns, std::int64_t begin, std::int64_t end);
    /// exp(x - logSumExp) in place.
    void (*finish)(const LogitRow<Real>& row, std::int64_t begin, std::int64_t end, Real logSumExp);
};

/// Those of the best instruction set of this machine.
template <class Real>
[[nodiscard]] const RowKernels<Real>& rowKernels();

} // namespace isentrope
