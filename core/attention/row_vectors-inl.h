// SPDX-License-Identifier: GPL-3.0-or-later
// Included once per instruction set, by row_kernels.cpp.

#include "core/attention/logit_tables.h"

#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace isentrope {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// exp on (-infinity, 0]: 2^n e^r, n = round(y / ln 2), |r| <= ln 2 / 2, e^r a polynomial
/// 1 + r + r^2 p(r) interpolated at Chebyshev nodes (relative error 1e-8 and 2e-19).
template <class Real>
struct ExpConstants;

template <>
struct ExpConstants<float> {
    static constexpr float roundShift = 12582912.0F; ///< 1.5 * 2^23: adding it rounds to integers
    static constexpr int mantissaBits = 23;
    /// ln 2 in two parts; n times the first is exact.
    static constexpr float ln2High = 0.693145751953125F, ln2Low = 1.42860682030941723e-6F;
    /// Smaller results are 0: they would be subnormal.
    static constexpr float lowest = -87.0F;
    static constexpr float polynomial[] = {1.39261835877134945e-3F, 8.36317905272257737e-3F,
                                           4.16665546172045742e-2F, 1.66665769896987757e-1F, 0.5F};
};

template <>
struct ExpConstants<double> {
    static constexpr double roundShift = 6755399441055744.0; ///< 1.5 * 2^52
    static constexpr int mantissaBits = 52;
    static constexpr double ln2High = 0.693147180369123816490, ln2Low = 1.90821492927058770002e-10;
    static constexpr double lowest = -708.0;
    static constexpr double polynomial[] = {2.09146869680868772e-9,
                                            2.51052170047207452e-8,
                                            2.75572736431102953e-7,
                                            2.75572554002064244e-6,
                                            2.48015873255477412e-5,
                                            1.98412698748206253e-4,
                                            1.38888888888837483e-3,
                                            8.33333333332613513e-3,
                                            4.16666666666666698e-2,
                                            1.66666666666666710e-1,
                                            0.5};
};

/// y in [lowest, 0]; exactly 1 at 0.
template <class D, class V = hn::VFromD<D>>
HWY_INLINE V expClamped(D d, V y) {
    using Real = hn::TFromD<D>;
    using Constants = ExpConstants<Real>;
    const hn::RebindToSigned<D> integers;
    const V shifted =
        hn::MulAdd(y, hn::Set(d, Real(1.44269504088896340736)), hn::Set(d, Constants::roundShift));
    const V n = hn::Sub(shifted, hn::Set(d, Constants::roundShift));
    V r = hn::NegMulAdd(n, hn::Set(d, Constants::ln2High), y);
    r = hn::NegMulAdd(n, hn::Set(d, Constants::ln2Low), r);
    V p = hn::Set(d, Constants::polynomial[0]);
    for (std::size_t k = 1; k < std::size(Constants::polynomial); ++k)
        p = hn::MulAdd(p, r, hn::Set(d, Constants::polynomial[k]));
    const V one = hn::Set(d, Real(1));
    p = hn::MulAdd(hn::MulAdd(p, r, one), r, one);
    const auto exponent = hn::ShiftLeft<Constants::mantissaBits>(hn::BitCast(integers, shifted));
    return hn::BitCast(d, hn::Add(hn::BitCast(integers, p), exponent));
}

/// exp(y) for y <= 0, and y held above `lowest` so that exp(y) * y is finite.
template <class V>
struct Exponential {
    V value, argument;
};

template <class D, class V = hn::VFromD<D>>
HWY_INLINE Exponential<V> exponential(D d, V y) {
    const V lowest = hn::Set(d, ExpConstants<hn::TFromD<D>>::lowest);
    const auto below = hn::Lt(y, lowest); // false for NaN, which then shows in the result
    const V argument = hn::IfThenElse(below, lowest, y);
    return {hn::IfThenZeroElse(below, expClamped(d, argument)), argument};
}

/// A last, partial vector of columns [from, end) that begins at `at` <= from, where a whole vector
/// of the row can be read: lanes outside the mask belong to neighbours.
template <class D>
struct Tail {
    std::int64_t at;
    decltype(hn::FirstN(D(), 0)) mask;
};

template <class D>
HWY_INLINE Tail<D> tailOf(D d, std::int64_t from, std::int64_t end, std::int64_t columns) {
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const std::int64_t at = std::min(from, columns - lanes);
    const auto skipped = hn::FirstN(d, static_cast<std::size_t>(from - at));
    const auto upTo = hn::FirstN(d, static_cast<std::size_t>(end - at));
    return {at, hn::AndNot(skipped, upTo)};
}

template <bool kTables, class D, class Real>
HWY_INLINE hn::VFromD<D> logits(D d, const LogitRow<Real>& row, std::int64_t column) {
    auto x = hn::Mul(hn::LoadU(d, row.values + column), hn::Set(d, row.scale));
    if constexpr (kTables) {
        x = hn::MulAdd(x, hn::LoadU(d, row.distanceFactor + column),
                       hn::LoadU(d, row.distanceBias + column));
        x = hn::Min(x, hn::LoadU(d, row.cap + column));
    }
    return x;
}

} // namespace HWY_NAMESPACE
} // namespace isentrope
HWY_AFTER_NAMESPACE();
