// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/row_query.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace isentrope {

namespace {

/// The order of ranks: larger weights first, equals by column.
class Before {
public:
    explicit Before(std::span<const float> weights)
        : m_weights(weights) {}

    [[nodiscard]] bool operator()(std::int64_t a, std::int64_t b) const {
        const float left = m_weights[static_cast<std::size_t>(a)];
        const float right = m_weights[static_cast<std::size_t>(b)];
        return left != right ? left > right : a < b;
    }

private:
    std::span<const float> m_weights;
};

} // namespace

std::int64_t rankInRow(std::span<const float> weights, std::int64_t column) {
    const Before before(weights);
    std::int64_t rank = 1;
    for (std::int64_t other = 0; other < std::ssize(weights); ++other)
        if (before(other, column)) ++rank;
    return rank;
}

std::vector<std::int64_t> largestColumns(std::span<const float> weights, std::int64_t k) {
    std::vector<std::int64_t> columns(weights.size());
    std::iota(columns.begin(), columns.end(), 0);
    const auto count = std::clamp<std::int64_t>(k, 0, std::ssize(weights));
    std::partial_sort(columns.begin(), columns.begin() + count, columns.end(), Before(weights));
    columns.resize(static_cast<std::size_t>(count));
    return columns;
}

std::optional<std::int64_t> nextLarger(std::span<const float> weights, std::int64_t column) {
    const Before before(weights);
    std::optional<std::int64_t> next;
    for (std::int64_t other = 0; other < std::ssize(weights); ++other)
        if (before(other, column) && (!next || before(*next, other))) next = other;
    return next;
}

double hiddenMass(std::span<const float> weights, std::span<const std::uint8_t> hidden) {
    double mass = 0;
    for (std::size_t key = 0; key < std::min(weights.size(), hidden.size()); ++key)
        if (hidden[key] != 0) mass += double{weights[key]};
    return mass;
}

} // namespace isentrope
