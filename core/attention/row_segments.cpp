// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/row_segments.h"

#include <algorithm>

namespace isentrope {

namespace {

void addStretch(OpenStretches& open, Span stretch) {
    if (stretch.begin >= stretch.end) return;
    open.stretch[static_cast<std::size_t>(open.count++)] = stretch;
}

/// The segment that starts at `begin`, as far as its range of distances goes.
Segment rangeFrom(std::int64_t row, std::int64_t begin, std::int64_t end, int ranges) {
    if (begin == row) return {begin, begin + 1, 0};
    const std::int64_t distance = begin < row ? row - begin : begin - row;
    int range = 1;
    std::int64_t power = 10;
    while (range < ranges && distance >= power) {
        ++range;
        power *= 10;
    }
    if (begin < row) return {begin, std::min(end, row - power / 10 + 1), range};
    return {begin, range == ranges ? end : std::min(end, row + power), range};
}

} // namespace

OpenStretches openStretches(std::int64_t row, std::int64_t window, std::int64_t sinks, Span keys) {
    OpenStretches open;
    if (window < 0 || row < sinks) {
        addStretch(open, keys);
        return open;
    }
    const Span local = {std::max(keys.begin, row - window), std::min(keys.end, row + window + 1)};
    const std::int64_t sinkEnd = std::min(keys.end, sinks);
    if (sinkEnd >= local.begin && local.begin < local.end) {
        addStretch(open, {keys.begin, std::max(sinkEnd, local.end)});
        return open;
    }
    addStretch(open, {keys.begin, sinkEnd});
    addStretch(open, local);
    return open;
}

void cutRow(std::int64_t row, const OpenStretches& open, int ranges,
            std::vector<Segment>& segments) {
    segments.clear();
    for (const Span& stretch : open.spans()) {
        for (std::int64_t begin = stretch.begin; begin < stretch.end;) {
            const std::int64_t tileEnd = (begin / tileColumns + 1) * tileColumns;
            segments.push_back(rangeFrom(row, begin, std::min(stretch.end, tileEnd), ranges));
            begin = segments.back().end;
        }
    }
}

} // namespace isentrope
