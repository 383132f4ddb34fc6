// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/row_pass.h"

#include <algorithm>
#include <vector>

namespace isentrope {

[[nodiscard]] inline std::int64_t lengthOf(Span span) {
    return span.end - span.begin;
}

/// An empty span, begin == end, where they do not meet.
[[nodiscard]] inline Span intersect(Span a, Span b) {
    const std::int64_t begin = std::max(a.begin, b.begin);
    return {begin, std::max(begin, std::min(a.end, b.end))};
}

/// The stretches of `columns` that the mask opens for at least one of the rows, in order.
[[nodiscard]] inline std::vector<Span> openColumns(const MaskPlan& mask, Span rows, Span columns) {
    if (!mask.window || rows.begin < mask.sinks) return {columns};
    const Span sinks = intersect(columns, {0, mask.sinks});
    const Span band = intersect(columns, {rows.begin - *mask.window, rows.end + *mask.window});
    if (band.begin <= sinks.end) return {{sinks.begin, std::max(sinks.end, band.end)}};
    std::vector<Span> open;
    if (lengthOf(sinks) > 0) open.push_back(sinks);
    if (lengthOf(band) > 0) open.push_back(band);
    return open;
}

} // namespace isentrope
