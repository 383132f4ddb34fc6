// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/row_pass.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace isentrope {

/// Rows are walked in tiles of so many columns: with the tables of the plan a tile stays in the
/// first cache, and sums in single precision stay short.
inline constexpr std::int64_t tileColumns = 2048;

/// The columns of one row that its mask leaves open: at most the sinks and the window.
struct OpenStretches {
    std::array<Span, 2> stretch;
    int count = 0;

    [[nodiscard]] std::span<const Span> spans() const {
        return {stretch.data(), static_cast<std::size_t>(count)};
    }
};

/// `keys`: the stretch outside of which every key is closed. `window` < 0: none.
[[nodiscard]] OpenStretches openStretches(std::int64_t row, std::int64_t window, std::int64_t sinks,
                                          Span keys);

/// Neighbouring open columns of one row in one tile whose distance lies in one range. Range 0 is
/// the token itself, range r the distances [10^(r-1), 10^r); the last one has no end.
struct Segment {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    int range = 0;

    bool operator==(const Segment&) const = default;
};

/// The open columns of a row as segments, in ascending order; `ranges` as rangeCount gives it.
void cutRow(std::int64_t row, const OpenStretches& open, int ranges,
            std::vector<Segment>& segments);

} // namespace isentrope
