// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/row_kernels.h"

#include "core/attention/row_pass.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/attention/row_kernels.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "core/attention/row_vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace isentrope {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <bool kTables, class D, class Real>
HWY_INLINE Real largestLogit(D d, const LogitRow<Real>& row, std::int64_t begin, std::int64_t end) {
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto none = hn::Set(d, -std::numeric_limits<Real>::infinity());
    auto best = none;
    std::int64_t column = begin;
    for (; column + lanes <= end; column += lanes)
        best = hn::Max(best, logits<kTables>(d, row, column));
    if (column < end) {
        const Tail<D> tail = tailOf(d, column, end, row.columns);
        best = hn::Max(best, hn::IfThenElse(tail.mask, logits<kTables>(d, row, tail.at), none));
    }
    return hn::GetLane(hn::MaxOfLanes(d, best));
}

template <bool kTables, class D, class Real>
std::int64_t firstColumnOf(D d, const LogitRow<Real>& row, std::int64_t begin, std::int64_t end,
                           Real value) {
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto wanted = hn::Set(d, value);
    std::int64_t column = begin;
    for (; column + lanes <= end; column += lanes) {
        const auto found = hn::FindFirstTrue(d, hn::Eq(logits<kTables>(d, row, column), wanted));
        if (found >= 0) return column + found;
    }
    if (column >= end) return -1;
    const Tail<D> tail = tailOf(d, column, end, row.columns);
    const auto equal = hn::Eq(logits<kTables>(d, row, tail.at), wanted);
    const auto found = hn::FindFirstTrue(d, hn::And(equal, tail.mask));
    return found < 0 ? -1 : tail.at + found;
}

/// Running sums of one segment, a lane each.
template <class D>
struct LaneSums {
    hn::VFromD<D> mass, moment, distance;

    HWY_INLINE explicit LaneSums(D d)
        : mass(hn::Zero(d))
        , moment(hn::Zero(d))
        , distance(hn::Zero(d)) {}

    HWY_INLINE void add(const Exponential<hn::VFromD<D>>& e, hn::VFromD<D> away) {
        mass = hn::Add(mass, e.value);
        moment = hn::MulAdd(e.value, e.argument, moment);
        distance = hn::MulAdd(e.value, away, distance);
    }
    HWY_INLINE WeightSums fold(D d, double reference) const {
        // A segment lies on one side of the token, so its distances share one sign.
        return {reference, double{hn::GetLane(hn::SumOfLanes(d, mass))},
                double{hn::GetLane(hn::SumOfLanes(d, moment))},
                std::abs(double{hn::GetLane(hn::SumOfLanes(d, distance))})};
    }
};

template <bool kTables, bool kStore, class D, class Real>
HWY_INLINE WeightSums sumSegment(D d, const LogitRow<Real>& row, const Segment& segment,
                                 Real reference) {
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto shift = hn::Set(d, reference);
    const auto step = hn::Set(d, static_cast<Real>(lanes));
    auto away = hn::Iota(d, static_cast<Real>(segment.begin - row.row));
    LaneSums<D> sums(d);
    std::int64_t column = segment.begin;
    for (; column + lanes <= segment.end; column += lanes) {
        const auto e = exponential(d, hn::Sub(logits<kTables>(d, row, column), shift));
        if constexpr (kStore) hn::StoreU(e.value, d, row.values + column);
        sums.add(e, away);
        away = hn::Add(away, step);
    }
    if (column < segment.end) {
        const Tail<D> tail = tailOf(d, column, segment.end, row.columns);
        const auto lowest = hn::Set(d, -std::numeric_limits<Real>::infinity());
        const auto y = hn::Sub(logits<kTables>(d, row, tail.at), shift);
        const auto e = exponential(d, hn::IfThenElse(tail.mask, y, lowest));
        if constexpr (kStore) {
            const auto old = hn::LoadU(d, row.values + tail.at);
            hn::StoreU(hn::IfThenElse(tail.mask, e.value, old), d, row.values + tail.at);
        }
        sums.add(e, hn::Iota(d, static_cast<Real>(tail.at - row.row)));
    }
    return sums.fold(d, double{reference});
}

/// Below the tile's largest logit by more than this, a segment is summed about its own largest, so
/// that the entropy inside its range keeps every digit.
inline constexpr double deep = 40;

template <bool kTables, class D, class Real>
HWY_INLINE void sumTile(D d, const LogitRow<Real>& row, std::span<const Segment> segments,
                        std::span<const Real> tops, Real reference, bool store,
                        RowSums<Real>& sums) {
    for (std::size_t index = 0; index < segments.size(); ++index) {
        const Segment& segment = segments[index];
        WeightSums& range = sums.ranges[static_cast<std::size_t>(segment.range)];
        const bool own = double{tops[index]} < double{reference} - deep;
        const bool closed = tops[index] == -std::numeric_limits<Real>::infinity();
        if (own && !closed) range.add(sumSegment<kTables, false>(d, row, segment, tops[index]));
        if (own && !store) continue;
        const WeightSums sum = store ? sumSegment<kTables, true>(d, row, segment, reference)
                                     : sumSegment<kTables, false>(d, row, segment, reference);
        if (!own) range.add(sum);
    }
}

/// A tile holds at most two open stretches, each cut where a range begins: 2 * 19 + 1 ranges at
/// most in 64 bits, and one cut more.
inline constexpr std::size_t maxTileSegments = 48;

template <bool kTables, class D, class Real>
void walkRow(D d, const LogitRow<Real>& row, std::span<const Segment> segments, bool store,
             RowSums<Real>& sums) {
    Real tops[maxTileSegments];
    while (!segments.empty()) {
        const std::int64_t tile = segments.front().begin / tileColumns;
        std::size_t count = 0;
        Real reference = -std::numeric_limits<Real>::infinity();
        for (; count < segments.size() && segments[count].begin / tileColumns == tile; ++count) {
            const Segment& segment = segments[count];
            tops[count] = largestLogit<kTables>(d, row, segment.begin, segment.end);
            if (tops[count] > sums.largest) {
                sums.largest = tops[count];
                sums.largestColumn =
                    firstColumnOf<kTables>(d, row, segment.begin, segment.end, tops[count]);
            }
            reference = std::max(reference, tops[count]);
        }
        sums.tileReference[static_cast<std::size_t>(tile)] = reference;
        if (reference > -std::numeric_limits<Real>::infinity())
            sumTile<kTables>(d, row, segments.first(count), std::span<const Real>(tops, count),
                             reference, store, sums);
        segments = segments.subspan(count);
    }
}

template <class D, class Real>
void scaleRow(D d, const ScaleTask<Real>& task) {
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto factor = hn::Set(d, task.factor);
    std::int64_t column = task.begin;
    for (; column + lanes <= task.end; column += lanes) {
        const auto weight = hn::Mul(hn::LoadU(d, task.weights + column), factor);
        hn::StoreU(weight, d, task.weights + column);
        if (task.sum != nullptr)
            hn::StoreU(hn::Add(hn::LoadU(d, task.sum + column), weight), d, task.sum + column);
        if (task.largest != nullptr)
            hn::StoreU(hn::Max(hn::LoadU(d, task.largest + column), weight), d,
                       task.largest + column);
        if (task.distance != nullptr)
            hn::StoreU(hn::Add(hn::LoadU(d, task.distance + column), weight), d,
                       task.distance + column);
    }
    if (column >= task.end) return;
    const Tail<D> tail = tailOf(d, column, task.end, task.columns);
    const auto old = hn::LoadU(d, task.weights + tail.at);
    const auto scaled = hn::Mul(old, factor);
    hn::StoreU(hn::IfThenElse(tail.mask, scaled, old), d, task.weights + tail.at);
    const auto weight = hn::IfThenElseZero(tail.mask, scaled);
    const auto gather = [&](Real* into, auto combine) HWY_ATTR {
        if (into != nullptr) hn::StoreU(combine(hn::LoadU(d, into + tail.at)), d, into + tail.at);
    };
    gather(task.sum, [&](auto sum) HWY_ATTR { return hn::Add(sum, weight); });
    gather(task.largest, [&](auto most) HWY_ATTR { return hn::Max(most, weight); });
    gather(task.distance, [&](auto sum) HWY_ATTR { return hn::Add(sum, weight); });
}

template <class D, class Real>
double totalOf(D d, const Real* values, std::int64_t columns, std::int64_t begin,
               std::int64_t end) {
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    double total = 0;
    while (begin < end) {
        const std::int64_t stop = std::min(end, begin + tileColumns);
        auto sum = hn::Zero(d);
        for (; begin + lanes <= stop; begin += lanes)
            sum = hn::Add(sum, hn::LoadU(d, values + begin));
        if (begin < stop) {
            const Tail<D> tail = tailOf(d, begin, stop, columns);
            sum = hn::Add(sum, hn::IfThenElseZero(tail.mask, hn::LoadU(d, values + tail.at)));
            begin = stop;
        }
        total += double{hn::GetLane(hn::SumOfLanes(d, sum))};
    }
    return total;
}

template <bool kTables, class D, class Real>
void finishRow(D d, const LogitRow<Real>& row, std::int64_t begin, std::int64_t end,
               Real logSumExp) {
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto shift = hn::Set(d, logSumExp);
    std::int64_t column = begin;
    for (; column + lanes <= end; column += lanes) {
        const auto y = hn::Sub(logits<kTables>(d, row, column), shift);
        hn::StoreU(exponential(d, y).value, d, row.values + column);
    }
    if (column >= end) return;
    const Tail<D> tail = tailOf(d, column, end, row.columns);
    const auto y = hn::Sub(logits<kTables>(d, row, tail.at), shift);
    const auto old = hn::LoadU(d, row.values + tail.at);
    hn::StoreU(hn::IfThenElse(tail.mask, exponential(d, y).value, old), d, row.values + tail.at);
}

/// Rows shorter than a vector are walked one lane at a time by the same code.
template <class Real>
using Wide = hn::ScalableTag<Real>;
template <class Real>
using Single = hn::CappedTag<Real, 1>;

template <class Real>
HWY_INLINE bool fits(std::int64_t columns) {
    return columns >= static_cast<std::int64_t>(hn::Lanes(Wide<Real>()));
}

template <class Real>
void walk(const LogitRow<Real>& row, std::span<const Segment> segments, bool store,
          RowSums<Real>& sums) {
    const bool tables = row.distanceFactor != nullptr;
    if (!fits<Real>(row.columns))
        tables ? walkRow<true>(Single<Real>(), row, segments, store, sums)
               : walkRow<false>(Single<Real>(), row, segments, store, sums);
    else
        tables ? walkRow<true>(Wide<Real>(), row, segments, store, sums)
               : walkRow<false>(Wide<Real>(), row, segments, store, sums);
}

template <class Real>
void scale(const ScaleTask<Real>& task) {
    fits<Real>(task.columns) ? scaleRow(Wide<Real>(), task) : scaleRow(Single<Real>(), task);
}

template <class Real>
double total(const Real* values, std::int64_t columns, std::int64_t begin, std::int64_t end) {
    return fits<Real>(columns) ? totalOf(Wide<Real>(), values, columns, begin, end)
                               : totalOf(Single<Real>(), values, columns, begin, end);
}

template <class Real>
void finish(const LogitRow<Real>& row, std::int64_t begin, std::int64_t end, Real logSumExp) {
    const bool tables = row.distanceFactor != nullptr;
    if (!fits<Real>(row.columns))
        tables ? finishRow<true>(Single<Real>(), row, begin, end, logSumExp)
               : finishRow<false>(Single<Real>(), row, begin, end, logSumExp);
    else
        tables ? finishRow<true>(Wide<Real>(), row, begin, end, logSumExp)
               : finishRow<false>(Wide<Real>(), row, begin, end, logSumExp);
}

template <class Real>
const RowKernels<Real>& kernelsOfTarget() {
    static const RowKernels<Real> kernels = {hwy::TargetName(HWY_TARGET), &walk<Real>, &scale<Real>,
                                             &total<Real>, &finish<Real>};
    return kernels;
}

const RowKernels<float>& kernelsSingle() {
    return kernelsOfTarget<float>();
}

const RowKernels<double>& kernelsDouble() {
    return kernelsOfTarget<double>();
}

} // namespace HWY_NAMESPACE
} // namespace isentrope
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace isentrope {

HWY_EXPORT(kernelsSingle);
HWY_EXPORT(kernelsDouble);

template <>
const RowKernels<float>& rowKernels<float>() {
    return HWY_DYNAMIC_DISPATCH(kernelsSingle)();
}

template <>
const RowKernels<double>& rowKernels<double>() {
    return HWY_DYNAMIC_DISPATCH(kernelsDouble)();
}

const char* kernelTarget() {
    return rowKernels<float>().target;
}

} // namespace isentrope
#endif
