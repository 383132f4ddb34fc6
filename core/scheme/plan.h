// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/scheme/scheme.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace isentrope {

class Catalogue;

/// How q and k are compared before any scheme: dot / sqrt(d), or s * cosine.
struct Similarity {
    enum class Kind { Dot, Cosine };
    Kind kind = Kind::Dot;
    double scale = 1; ///< s of the cosine; unused by the dot product

    bool operator==(const Similarity&) const = default;
};

/// The longest length a plan is made for: its tables are that long.
inline constexpr std::int64_t longestPlan = std::int64_t{1} << 24;

/// What a plan is made for.
struct PlanRequest {
    std::int64_t length = 0;      ///< n that is run, padding included; s = max(1, length / L0)
    std::int64_t tokens = 0;      ///< tokens that are not padding: the n of temperatures; 0: length
    std::int64_t trainLength = 0; ///< L0
    int keySize = 0;              ///< d
    Similarity trained;           ///< used where the scheme names no similarity
};

/// Positions as two pieces. Relative position D = i - j; rotation by angle D * angles[k] in plane
/// k, cosine and sine both times `magnitude`.
///  Plain:      D everywhere.
///  ReRope:     D while |D| < w, else sign(D) * w.
///  Leaky:      D while |D| < w, else sign(D) * (w + (|D| - w) / k).
///  SelfExtend: D while |D| < w, else floor(i/g) - floor(j/g) + sign(D) * (w - floor(w/g)).
///  ReRopeRef:  D while |D| < w, else q rotated by w - 1 (planes moved from interleaved to halves)
///              against the raw interleaved k: the scrambled far branch of the reference code.
struct PositionPlan {
    enum class Rule { Plain, ReRope, Leaky, SelfExtend, ReRopeRef };
    Rule rule = Rule::Plain;
    double w = 0;
    double k = 1;
    double g = 1;
    std::vector<double> angles; ///< d / 2 values, radians per position
    double magnitude = 1;
};

/// A pair (i, j) is open where |i - j| <= window, or j < sinks, or i < sinks.
struct MaskPlan {
    /// Where a sink outside the window stands: at its true place; at distance w + k - s behind
    /// the window (s: the key where the key is a sink, else the query); at distance w.
    enum class FarSinks { Absolute, Behind, Capped };
    std::optional<std::int64_t> window; ///< nothing: every pair is open
    std::int64_t sinks = 0;
    FarSinks farSinks = FarSinks::Absolute;
};

/// Row-dependent temperature that reads the row itself: beta = max(1, p(H)) where H > threshold,
/// p a polynomial in the entropy H of the unscaled row, highest power first; else 1.
struct AdaptivePlan {
    std::vector<double> polynomial;
    double threshold = 0.5;
};

/// A scheme compiled for one n, L0 and d: all that a kernel needs. The logit of a pair is
///   x = (similarity * factor * rowFactor[i] * distanceFactor[t]) + distanceBias[t],  t = |i - j|
/// where an empty table stands for ones (factors) or zeros (bias).
struct Plan {
    std::string scheme; ///< canonical notation
    std::int64_t length = 0;
    std::int64_t tokens = 0;
    std::int64_t trainLength = 0;
    int keySize = 0;
    Similarity similarity;
    PositionPlan position;
    double factor = 1;
    std::vector<double> rowFactor;      ///< `length` values over the query i, or empty
    std::vector<double> distanceFactor; ///< `length` values over t, or empty
    std::vector<double> distanceBias;   ///< `length` values over t, or empty
    MaskPlan mask;
    std::optional<AdaptivePlan> adaptive;
};

[[nodiscard]] Expected<Plan> compile(const Scheme& scheme, const Catalogue& catalogue,
                                     const PlanRequest& request);

/// The plan as the JSON of the command line's contract.
[[nodiscard]] std::string planJson(const Plan& plan);

} // namespace isentrope
