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
#include "core/attention/row_walk-inl.h"

HWY_BEFORE_NAMESPACE();
namespace isentrope {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

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

template <bool kTables, bool kStore, class Real>
void walkAs(const LogitRow<Real>& row, std::span<const Segment> segments, RowSums<Real>& sums) {
    fits<Real>(row.columns) ? walkRow<kTables, kStore>(Wide<Real>(), row, segments, sums)
                            : walkRow<kTables, kStore>(Single<Real>(), row, segments, sums);
}

template <class Real>
void walk(const LogitRow<Real>& row, std::span<const Segment> segments, bool store,
          RowSums<Real>& sums) {
    if (row.distanceFactor != nullptr)
        store ? walkAs<true, true>(row, segments, sums) : walkAs<true, false>(row, segments, sums);
    else
        store ? walkAs<false, true>(row, segments, sums)
              : walkAs<false, false>(row, segments, sums);
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
