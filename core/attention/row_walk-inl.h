// SPDX-License-Identifier: GPL-3.0-or-later
// Included once per instruction set, by row_kernels.cpp, after row_vectors-inl.h.

HWY_BEFORE_NAMESPACE();
namespace isentrope {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class Real>
struct Extremes {
    Real smallest = std::numeric_limits<Real>::infinity();
    Real largest = -std::numeric_limits<Real>::infinity();
};

template <bool kTables, class D, class Real>
HWY_INLINE Extremes<Real> extremesOf(D d, const LogitRow<Real>& row, std::int64_t begin,
                                     std::int64_t end) {
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto most = hn::Set(d, std::numeric_limits<Real>::infinity());
    const auto least = hn::Neg(most);
    auto low = most, high = least;
    std::int64_t column = begin;
    for (; column + lanes <= end; column += lanes) {
        const auto x = logits<kTables>(d, row, column);
        low = hn::Min(low, x);
        high = hn::Max(high, x);
    }
    if (column < end) {
        const Tail<D> tail = tailOf(d, column, end, row.columns);
        const auto x = logits<kTables>(d, row, tail.at);
        low = hn::Min(low, hn::IfThenElse(tail.mask, x, most));
        high = hn::Max(high, hn::IfThenElse(tail.mask, x, least));
    }
    return {hn::GetLane(hn::MinOfLanes(d, low)), hn::GetLane(hn::MaxOfLanes(d, high))};
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

/// Extremes of the segments of one tile, taken run by run of neighbours; the row's largest logit
/// and its column are kept up.
template <bool kTables, class D, class Real>
HWY_INLINE Extremes<Real> tileExtremes(D d, const LogitRow<Real>& row,
                                       std::span<const Segment> segments, RowSums<Real>& sums) {
    Extremes<Real> tile;
    for (std::size_t index = 0; index < segments.size();) {
        const std::int64_t begin = segments[index].begin;
        std::int64_t end = segments[index].end;
        while (++index < segments.size() && segments[index].begin == end)
            end = segments[index].end;
        const Extremes<Real> run = extremesOf<kTables>(d, row, begin, end);
        tile.smallest = std::min(tile.smallest, run.smallest);
        tile.largest = std::max(tile.largest, run.largest);
        if (run.largest <= sums.largest) continue;
        sums.largest = run.largest;
        sums.largestColumn = firstColumnOf<kTables>(d, row, begin, end, run.largest);
    }
    return tile;
}

/// Below the tile's largest logit by more than this, a segment is summed about its own largest, so
/// that the entropy inside its range keeps every digit.
inline constexpr double deep = 40;

template <bool kTables, bool kStore, class D, class Real>
HWY_INLINE void sumTile(D d, const LogitRow<Real>& row, std::span<const Segment> segments,
                        const Extremes<Real>& extremes, RowSums<Real>& sums) {
    constexpr Real none = -std::numeric_limits<Real>::infinity();
    // Without a largest logit any reference will do: the sums are 0, or NaN and tell of it.
    const Real reference = extremes.largest == none ? Real{0} : extremes.largest;
    const double depth = double{reference} - deep;
    const bool level = double{extremes.smallest} >= depth;
    for (const Segment& segment : segments) {
        WeightSums& range = sums.ranges[static_cast<std::size_t>(segment.range)];
        const Real top =
            level ? reference : extremesOf<kTables>(d, row, segment.begin, segment.end).largest;
        const bool own = double{top} < depth && top > none;
        if (own) range.add(sumSegment<kTables, false>(d, row, segment, top));
        if (own && !kStore) continue;
        const WeightSums sum = sumSegment<kTables, kStore>(d, row, segment, reference);
        if (!own) range.add(sum);
    }
}

template <bool kTables, bool kStore, class D, class Real>
void walkRow(D d, const LogitRow<Real>& row, std::span<const Segment> segments,
             RowSums<Real>& sums) {
    while (!segments.empty()) {
        const std::int64_t tile = segments.front().begin / tileColumns;
        std::size_t count = 1;
        while (count < segments.size() && segments[count].begin / tileColumns == tile)
            ++count;
        const auto extremes = tileExtremes<kTables>(d, row, segments.first(count), sums);
        sums.tileReference[static_cast<std::size_t>(tile)] = extremes.largest;
        sumTile<kTables, kStore>(d, row, segments.first(count), extremes, sums);
        segments = segments.subspan(count);
    }
}

} // namespace HWY_NAMESPACE
} // namespace isentrope
HWY_AFTER_NAMESPACE();
