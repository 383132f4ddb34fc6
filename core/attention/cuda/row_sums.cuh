// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/cuda/logit.cuh"
#include "core/attention/cuda/reduce.cuh"

/// The sums over one row that its statistics follow from, with e = 2^(x2 - M):
///   l = Σ e,  u = Σ e (x2 - M),  so that H = ln 2 (log2 l - u / l).
namespace isentrope::cuda {

/// x2 of one row: kept in shared memory, or worked out again at every look where a row is too long
/// for that.
template <bool Stored>
struct RowLogits {
    RowFrame frame;
    const float* similarity;
    float* stored;

    __device__ float operator[](int column) const {
        if constexpr (Stored)
            return stored[column];
        else
            return logit2(frame, column, similarity[column]);
    }
};

struct Interval {
    int begin, end;
};

/// Columns whose distance from `query` lies in [from, to), on its left and on its right.
__device__ inline Interval before(int query, int from, int to) {
    return {max(0, query - to + 1), max(0, query - from + 1)};
}
__device__ inline Interval behind(int query, int from, int to, int columns) {
    return {min(columns, query + from), min(columns, query + to)};
}

struct RangeSums {
    float l = 0, u = 0, distance = 0;
};

template <int Threads, bool Stored>
__device__ void addInterval(const RowLogits<Stored>& row, Interval interval, float top, int lane,
                            RangeSums& sums) {
    for (int j = interval.begin + lane; j < interval.end; j += Threads) {
        const float shifted = row[j] - top;
        const float e = exp2f(shifted);
        sums.l += e;
        // 0 * -infinity is no number; a NaN goes on.
        sums.u += shifted == -INFINITY ? 0.0f : e * shifted;
        sums.distance += e * static_cast<float>(abs(j - row.frame.query));
    }
}

/// Σ e over [begin, end).
template <int Threads, bool Stored>
__device__ float massOf(const RowLogits<Stored>& row, int begin, int end, float top, int lane) {
    float sum = 0;
    for (int j = begin + lane; j < end; j += Threads)
        sum += exp2f(row[j] - top);
    return sum;
}

/// Places of the sums of one row in an array, so that one reduction serves them all.
template <int Ranges>
struct SumPlaces {
    static constexpr int l = 0, u = 1, distance = 2, near = 3, sinks = 4, rangeL = 5,
                         rangeU = rangeL + Ranges, count = rangeU + Ranges;
};

/// Every sum of the row but those of spans, range by range, so that no element asks where it
/// belongs. `ranges` <= Ranges; the last has no end.
template <int Threads, int Ranges, bool Stored>
__device__ void sumRow(const RowLogits<Stored>& row, const DeviceStatistics& statistics,
                       int columns, float top, int lane, float (&sums)[SumPlaces<Ranges>::count]) {
    using At = SumPlaces<Ranges>;
    const int i = row.frame.query;
    RangeSums self;
    addInterval<Threads>(row, {i, i + 1}, top, lane, self);
    sums[At::l] = self.l;
    sums[At::u] = self.u;
    sums[At::distance] = 0;
    int from = 1;
#pragma unroll
    for (int range = 0; range < Ranges; ++range) {
        RangeSums inside;
        if (range < statistics.ranges) {
            const int to = range + 1 < statistics.ranges ? from * 10 : columns;
            addInterval<Threads>(row, before(i, from, to), top, lane, inside);
            addInterval<Threads>(row, behind(i, from, to, columns), top, lane, inside);
            from = to;
        }
        sums[At::rangeL + range] = inside.l;
        sums[At::rangeU + range] = inside.u;
        sums[At::l] += inside.l;
        sums[At::u] += inside.u;
        sums[At::distance] += inside.distance;
    }
    const int near = narrowed(statistics.near, columns);
    const int sinks = narrowed(statistics.sinks, columns);
    sums[At::near] = massOf<Threads>(row, max(0, i - near), min(columns, i + near + 1), top, lane);
    sums[At::sinks] = massOf<Threads>(row, 0, sinks, top, lane);
}

__device__ inline float entropyOf(float l, float u) {
    return static_cast<float>(lnOf2) * (log2f(l) - u / l);
}

/// Entropy inside a range that lies so far below the row's largest logit that its exponentials
/// lose digits or vanish: about the range's own largest logit instead.
template <int Threads, bool Stored>
__device__ __noinline__ float deepEntropy(const RowLogits<Stored>& row, int range, int ranges,
                                          int columns, int lane, float* scratch,
                                          Largest* largestScratch) {
    int from = 1;
    for (int step = 0; step < range; ++step)
        from *= 10;
    const int to = range + 1 < ranges ? from * 10 : columns;
    const Interval sides[2] = {before(row.frame.query, from, to),
                               behind(row.frame.query, from, to, columns)};
    Largest best{-INFINITY, 0};
    for (const Interval& side : sides)
        for (int j = side.begin + lane; j < side.end; j += Threads)
            best = larger(best, Largest{row[j], j});
    best = rowLargest<Threads>(best, largestScratch);
    if (best.value == -INFINITY) return 0; // the same for the whole row
    RangeSums inside;
    for (const Interval& side : sides)
        addInterval<Threads>(row, side, best.value, lane, inside);
    float sums[2] = {inside.l, inside.u};
    rowSums<Threads>(sums, scratch);
    return entropyOf(sums[0], sums[1]);
}

} // namespace isentrope::cuda
