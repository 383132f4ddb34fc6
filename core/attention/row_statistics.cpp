// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/row_statistics.h"

#include <algorithm>
#include <cmath>

namespace isentrope {

int rangeCount(std::int64_t n) {
    int count = 1;
    for (std::int64_t begin = 10; begin < n; begin *= 10) {
        ++count;
        if (begin > n / 10) break;
    }
    return count;
}

template <class Real>
void RowStatistics<Real>::resize(std::int64_t rowCount, int rangeTotal, int spanTotal) {
    rows = rowCount;
    ranges = rangeTotal;
    spans = spanTotal;
    const auto count = static_cast<std::size_t>(rowCount);
    constexpr Real none = std::numeric_limits<Real>::quiet_NaN();
    for (auto* column : {&logSumExp, &entropy, &maxWeight, &nearMass, &sinkMass, &meanDistance})
        column->assign(count, none);
    maxColumn.assign(count, -1);
    rangeMass.assign(count * static_cast<std::size_t>(rangeTotal), none);
    rangeEntropy.assign(count * static_cast<std::size_t>(rangeTotal), none);
    spanMass.assign(count * static_cast<std::size_t>(spanTotal), none);
}

WeightSums WeightSums::about(double higher) const {
    if (mass == 0 || higher == reference) return {higher, mass, moment, distance};
    const double shift = reference - higher;
    const double factor = std::exp(shift);
    return {higher, mass * factor, (moment + shift * mass) * factor, distance * factor};
}

void WeightSums::add(const WeightSums& other) {
    const double higher = std::max(reference, other.reference);
    const WeightSums mine = about(higher), theirs = other.about(higher);
    *this = {higher, mine.mass + theirs.mass, mine.moment + theirs.moment,
             mine.distance + theirs.distance};
}

template <class Real>
void RowSums<Real>::reset(int rangeTotal, std::int64_t columns) {
    constexpr Real none = -std::numeric_limits<Real>::infinity();
    largest = none;
    largestColumn = -1;
    ranges.assign(static_cast<std::size_t>(rangeTotal) + 1, {});
    const std::int64_t tiles = (columns + tileColumns - 1) / tileColumns;
    tileReference.assign(static_cast<std::size_t>(tiles), none);
}

template <class Real>
RowTotal totalOf(const RowSums<Real>& sums) {
    RowTotal total;
    for (const WeightSums& range : sums.ranges)
        total.sums.add(range);
    if (total.alive()) total.logSumExp = total.sums.reference + std::log(total.sums.mass);
    return total;
}

double entropyOf(const WeightSums& sums) {
    if (sums.mass == 0) return 0;
    return std::log(sums.mass) - sums.moment / sums.mass;
}

template <class Real>
void writeStatistics(const RowSums<Real>& sums, const RowTotal& total, std::int64_t row,
                     RowStatistics<Real>& statistics) {
    const auto at = static_cast<std::size_t>(row);
    const double mass = total.sums.mass;
    statistics.logSumExp[at] = static_cast<Real>(total.logSumExp);
    statistics.entropy[at] = static_cast<Real>(entropyOf(total.sums));
    statistics.maxWeight[at] =
        static_cast<Real>(std::exp(double{sums.largest} - total.sums.reference) / mass);
    statistics.maxColumn[at] = sums.largestColumn;
    statistics.meanDistance[at] = static_cast<Real>(total.sums.distance / mass);
    const auto ranges = static_cast<std::size_t>(statistics.ranges);
    for (std::size_t range = 0; range < ranges; ++range) {
        const WeightSums& inside = sums.ranges[range + 1];
        statistics.rangeMass[at * ranges + range] =
            static_cast<Real>(inside.about(total.sums.reference).mass / mass);
        statistics.rangeEntropy[at * ranges + range] = static_cast<Real>(entropyOf(inside));
    }
}

template <class Real>
Real adaptiveScale(const RowPlan<Real>& plan, double entropy) {
    if (!(entropy > double{plan.adaptiveThreshold})) return 1;
    double value = 0;
    for (const Real coefficient : plan.adaptive)
        value = value * entropy + double{coefficient};
    return static_cast<Real>(std::max(1.0, value));
}

template struct RowStatistics<float>;
template struct RowStatistics<double>;
template struct RowSums<float>;
template struct RowSums<double>;
template RowTotal totalOf(const RowSums<float>&);
template RowTotal totalOf(const RowSums<double>&);
template void writeStatistics(const RowSums<float>&, const RowTotal&, std::int64_t,
                              RowStatistics<float>&);
template void writeStatistics(const RowSums<double>&, const RowTotal&, std::int64_t,
                              RowStatistics<double>&);
template float adaptiveScale(const RowPlan<float>&, double);
template double adaptiveScale(const RowPlan<double>&, double);

} // namespace isentrope
