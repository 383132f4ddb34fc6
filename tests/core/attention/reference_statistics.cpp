// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/attention/reference_attention.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace isentrope::reference {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double none = std::numeric_limits<double>::quiet_NaN();

int rangesBelow(std::int64_t n) {
    int count = 0;
    for (double begin = 1; begin < static_cast<double>(n); begin *= 10)
        ++count;
    return std::max(count, 1);
}

/// -sum p ln p of the softmax over the logits that `wanted` picks; 0 where there are none.
template <class Wanted>
double entropyOver(const Attention& attention, std::int64_t i, const Wanted& wanted) {
    double largest = -infinity, sum = 0, entropy = 0;
    const std::int64_t n = attention.logits.columns;
    for (std::int64_t j = 0; j < n; ++j)
        if (wanted(j)) largest = std::max(largest, attention.logits.at(i, j));
    if (largest == -infinity) return 0;
    for (std::int64_t j = 0; j < n; ++j)
        if (wanted(j)) sum += std::exp(attention.logits.at(i, j) - largest);
    for (std::int64_t j = 0; j < n; ++j) {
        if (!wanted(j)) continue;
        const double p = std::exp(attention.logits.at(i, j) - largest) / sum;
        if (p > 0) entropy -= p * std::log(p);
    }
    return entropy;
}

template <class Wanted>
double massOver(const Attention& attention, std::int64_t i, const Wanted& wanted) {
    double mass = 0;
    for (std::int64_t j = 0; j < attention.weights.columns; ++j)
        if (wanted(j)) mass += attention.weights.at(i, j);
    return mass;
}

void writeRanges(Attention& attention, std::int64_t i) {
    RowStatistics<double>& statistics = attention.statistics;
    for (int r = 0; r < statistics.ranges; ++r) {
        const double begin = std::pow(10.0, r);
        const auto inside = [&](std::int64_t j) {
            const auto distance = static_cast<double>(std::abs(i - j));
            return distance >= begin && distance < 10 * begin;
        };
        const auto at = static_cast<std::size_t>(i * statistics.ranges + r);
        statistics.rangeMass[at] = massOver(attention, i, inside);
        statistics.rangeEntropy[at] = entropyOver(attention, i, inside);
    }
}

void writeRow(Attention& attention, std::int64_t i, const StatisticsOptions& options) {
    RowStatistics<double>& statistics = attention.statistics;
    const auto at = static_cast<std::size_t>(i);
    statistics.logSumExp[at] = attention.logSumExp[at];
    statistics.entropy[at] = entropyOver(attention, i, [](std::int64_t) { return true; });
    double distance = 0, largest = -infinity;
    for (std::int64_t j = 0; j < attention.weights.columns; ++j) {
        distance += attention.weights.at(i, j) * static_cast<double>(std::abs(i - j));
        if (attention.logits.at(i, j) <= largest) continue;
        largest = attention.logits.at(i, j);
        statistics.maxColumn[at] = j;
        statistics.maxWeight[at] = attention.weights.at(i, j);
    }
    statistics.meanDistance[at] = distance;
    statistics.nearMass[at] =
        massOver(attention, i, [&](std::int64_t j) { return std::abs(i - j) <= options.near; });
    statistics.sinkMass[at] =
        massOver(attention, i, [&](std::int64_t j) { return j < options.sinks; });
    for (std::size_t s = 0; s < options.spans.size(); ++s)
        statistics.spanMass[at * options.spans.size() + s] =
            massOver(attention, i, [&](std::int64_t j) {
                return j >= options.spans[s].begin && j < options.spans[s].end;
            });
    writeRanges(attention, i);
}

float quantileOf(std::vector<double> values, double share) {
    if (values.empty()) return std::numeric_limits<float>::quiet_NaN();
    std::sort(values.begin(), values.end());
    const double place = share * static_cast<double>(values.size() - 1);
    const auto low = static_cast<std::size_t>(place);
    const double part = place - static_cast<double>(low);
    if (part == 0) return static_cast<float>(values[low]);
    return static_cast<float>(values[low] * (1 - part) + values[low + 1] * part);
}

void writeEntropyBins(Attention& attention, const std::vector<bool>& counted) {
    const auto n = static_cast<std::int64_t>(counted.size());
    const std::int64_t rows = (n + 255) / 256;
    for (std::int64_t begin = 0; begin < n; begin += rows) {
        std::vector<double> values;
        double sum = 0;
        for (std::int64_t i = begin; i < std::min(n, begin + rows); ++i) {
            if (!counted[static_cast<std::size_t>(i)]) continue;
            values.push_back(attention.statistics.entropy[static_cast<std::size_t>(i)]);
            sum += values.back();
        }
        LayerProfiles& profiles = attention.profiles;
        profiles.entropyMean.push_back(
            static_cast<float>(values.empty() ? none : sum / static_cast<double>(values.size())));
        profiles.entropyLower.push_back(quantileOf(values, 0.25));
        profiles.entropyMedian.push_back(quantileOf(values, 0.5));
        profiles.entropyUpper.push_back(quantileOf(values, 0.75));
    }
}

void writeProfiles(Attention& attention, const std::vector<bool>& counted,
                   const std::vector<std::uint8_t>& openKey) {
    const auto n = static_cast<std::int64_t>(counted.size());
    std::vector<double> pairs(static_cast<std::size_t>(2 * n - 1));
    double rows = 0;
    LayerProfiles& profiles = attention.profiles;
    profiles.received.resize(static_cast<std::size_t>(n));
    profiles.distance.resize(pairs.size());
    for (std::int64_t i = 0; i < n; ++i) {
        if (!counted[static_cast<std::size_t>(i)]) continue;
        ++rows;
        for (std::int64_t j = 0; j < n; ++j) {
            if (!openKey.empty() && openKey[static_cast<std::size_t>(j)] == 0) continue;
            const auto at = static_cast<std::size_t>(i - j + n - 1);
            profiles.received[static_cast<std::size_t>(j)] += attention.weights.at(i, j);
            profiles.distance[at] += attention.weights.at(i, j);
            ++pairs[at];
        }
    }
    for (double& value : profiles.received)
        value /= std::max(rows, 1.0);
    for (std::size_t at = 0; at < pairs.size(); ++at)
        profiles.distance[at] /= std::max(pairs[at], 1.0);
    writeEntropyBins(attention, counted);
}

void writeOverview(Attention& attention, const std::vector<bool>& counted, std::int64_t most) {
    const auto n = static_cast<std::int64_t>(counted.size());
    Overview& overview = attention.overview;
    overview.stride = (n + most - 1) / most;
    overview.side = (n + overview.stride - 1) / overview.stride;
    for (std::int64_t r = 0; r < overview.side; ++r) {
        for (std::int64_t c = 0; c < overview.side; ++c) {
            double sum = 0, largest = 0, cells = 0;
            for (std::int64_t i = r * overview.stride; i < std::min(n, (r + 1) * overview.stride);
                 ++i) {
                if (!counted[static_cast<std::size_t>(i)]) continue;
                for (std::int64_t j = c * overview.stride;
                     j < std::min(n, (c + 1) * overview.stride); ++j) {
                    sum += attention.weights.at(i, j);
                    largest = std::max(largest, attention.weights.at(i, j));
                    ++cells;
                }
            }
            overview.mean.push_back(static_cast<float>(sum / std::max(cells, 1.0)));
            overview.max.push_back(static_cast<float>(largest));
        }
    }
}

} // namespace

void measure(Attention& attention, const std::vector<std::uint8_t>& openKey,
             const StatisticsOptions& options) {
    const std::int64_t n = attention.weights.rows;
    attention.statistics.resize(n, rangesBelow(n), static_cast<int>(options.spans.size()));
    std::vector<bool> counted;
    for (std::int64_t i = 0; i < n; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const bool padding = !openKey.empty() && openKey[at] == 0;
        counted.push_back(!padding && attention.logSumExp[at] < infinity);
        if (counted.back()) writeRow(attention, i, options);
    }
    if (options.profiles) writeProfiles(attention, counted, openKey);
    if (options.overview) writeOverview(attention, counted, options.overviewSide);
}

} // namespace isentrope::reference
