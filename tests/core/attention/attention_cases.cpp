// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/attention/attention_cases.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace isentrope {

namespace {

/// A short generator of our own: equal everywhere.
class Noise {
public:
    explicit Noise(std::uint64_t seed)
        : m_state(seed * 2862933555777941757ULL + 3037000493ULL) {}

    /// Sum of twelve uniform values less 6, in steps of 1/256.
    double operator()() {
        std::int64_t sum = 0;
        for (int k = 0; k < 12; ++k) {
            m_state = m_state * 6364136223846793005ULL + 1442695040888963407ULL;
            sum += static_cast<std::int64_t>(m_state >> 56);
        }
        return static_cast<double>(sum - 6 * 255) / 256;
    }

private:
    std::uint64_t m_state;
};

/// Names the first place where two series differ by more than the tolerance.
class Comparison {
public:
    template <class Found, class Expected>
    void compare(const char* name, const Found& found, const Expected& expected, double tolerance) {
        if (!m_text.empty()) return;
        if (found.size() != expected.size()) {
            note(name, found.size(), found.size(), expected.size());
            return;
        }
        for (std::size_t at = 0; at < found.size() && m_text.empty(); ++at) {
            const auto a = static_cast<double>(found[at]), b = static_cast<double>(expected[at]);
            if (std::isnan(b) ? std::isnan(a) : a == b) continue;
            if (std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b))) continue;
            note(name, at, a, b);
        }
    }
    [[nodiscard]] std::string text() const { return m_text; }

private:
    template <class Value>
    void note(const char* name, std::size_t at, Value found, Value expected) {
        std::ostringstream stream;
        stream.precision(12);
        stream << name << '[' << at << "]: " << found << ", expected " << expected;
        m_text = stream.str();
    }
    std::string m_text;
};

template <class Value>
std::vector<double> table(std::int64_t n, const Value& value) {
    std::vector<double> result;
    for (std::int64_t t = 0; t < n; ++t)
        result.push_back(value(static_cast<double>(t)));
    return result;
}

void addScaleInvariant(Plan& plan) {
    plan.distanceFactor =
        table(plan.length, [](double t) { return std::sqrt(2 * std::log(t / 10 + 1) + 1); });
    plan.distanceBias = table(plan.length, [](double t) { return -2 * std::log(t / 10 + 1); });
}

void addWindow(Plan& plan, std::int64_t window, std::int64_t sinks) {
    plan.mask.window = window;
    plan.mask.sinks = sinks;
}

} // namespace

const std::vector<std::string>& planShapes() {
    static const std::vector<std::string> shapes = {
        "scalar", "row factor",   "distance factor", "bias",     "scale-invariant",
        "window", "window 0",     "sinks",           "adaptive", "adaptive sinks and bias",
        "far",    "all together",
    };
    return shapes;
}

Plan planOf(const std::string& shape, std::int64_t n) {
    Plan plan;
    plan.length = plan.tokens = n;
    plan.factor = 1.25;
    const auto has = [&](const char* part) { return shape.find(part) != std::string::npos; };
    const bool all = shape == "all together";
    if (has("row factor") || all)
        plan.rowFactor = table(n, [](double i) { return 1 + std::log(i + 1) / 10; });
    if (has("distance factor"))
        plan.distanceFactor = table(n, [](double t) { return 1 + 1 / (1 + t); });
    if (has("bias")) plan.distanceBias = table(n, [](double t) { return -t / 64; });
    if (has("far")) plan.distanceBias = table(n, [](double t) { return -2 * t; });
    if (has("scale-invariant") || all) addScaleInvariant(plan);
    if (shape == "window") addWindow(plan, 20, 0);
    if (shape == "window 0") addWindow(plan, 0, 0);
    if (has("sinks") || all) addWindow(plan, 12, 4);
    if (has("adaptive") || all)
        plan.adaptive = AdaptivePlan{{-0.037, 0.481, -2.3, 4.917, -1.791}, 0.5};
    return plan;
}

std::vector<std::uint8_t> openKeys(const std::string& pattern, std::int64_t n) {
    if (pattern == "all") return {};
    std::vector<std::uint8_t> open(static_cast<std::size_t>(n), 1);
    for (std::int64_t key = 0; key < n; ++key) {
        const bool closed = (pattern == "end" && key >= n - n / 3) ||
                            (pattern == "middle" && key >= n / 3 && key < n / 2) ||
                            (pattern == "holes" && key % 3 == 1) ||
                            (pattern == "one" && key != n / 2) || pattern == "none";
        if (closed) open[static_cast<std::size_t>(key)] = 0;
    }
    return open;
}

reference::Matrix randomSimilarities(std::int64_t n, std::uint64_t seed) {
    reference::Matrix result(n, n);
    Noise noise(seed);
    for (double& value : result.values)
        value = 2 * noise();
    return result;
}

template <>
Tolerance toleranceOf<float>() {
    return {1e-6, 2e-6, 1e-5};
}

template <>
Tolerance toleranceOf<double>() {
    return {1e-13, 1e-12, 1e-12};
}

template <class Real>
PassResult<Real> runPass(const reference::Matrix& similarity, const Plan& plan,
                         const std::vector<std::uint8_t>& openKey, const StatisticsOptions& options,
                         std::int64_t blockRows) {
    PassResult<Real> result;
    for (const double value : similarity.values)
        result.weights.push_back(static_cast<Real>(value));
    const std::int64_t n = similarity.rows;
    RowPass<Real> pass(RowPlan<Real>::from(plan), openKey, options);
    for (std::int64_t row = 0; row < n; row += blockRows)
        pass.run({result.weights.data() + row * n, n, row, std::min(blockRows, n - row), n});
    result.statistics = pass.statistics();
    result.logSumExp = pass.logSumExp();
    result.rowScale = pass.rowScale();
    result.profiles = pass.profiles();
    result.overview = pass.overview();
    return result;
}

template <class Real>
std::string difference(const PassResult<Real>& result, const reference::Attention& expected,
                       const Tolerance& tolerance) {
    Comparison c;
    const RowStatistics<Real>& found = result.statistics;
    const RowStatistics<double>& wanted = expected.statistics;
    c.compare("weights", result.weights, expected.weights.values, tolerance.weight);
    c.compare("all logSumExp", result.logSumExp, expected.logSumExp, tolerance.statistic);
    c.compare("logSumExp", found.logSumExp, wanted.logSumExp, tolerance.statistic);
    c.compare("entropy", found.entropy, wanted.entropy, tolerance.entropy);
    c.compare("maxWeight", found.maxWeight, wanted.maxWeight, tolerance.statistic);
    c.compare("maxColumn", found.maxColumn, wanted.maxColumn, 0);
    c.compare("nearMass", found.nearMass, wanted.nearMass, tolerance.statistic);
    c.compare("sinkMass", found.sinkMass, wanted.sinkMass, tolerance.statistic);
    c.compare("meanDistance", found.meanDistance, wanted.meanDistance, tolerance.statistic);
    c.compare("rangeMass", found.rangeMass, wanted.rangeMass, tolerance.statistic);
    c.compare("rangeEntropy", found.rangeEntropy, wanted.rangeEntropy, tolerance.entropy);
    c.compare("spanMass", found.spanMass, wanted.spanMass, tolerance.statistic);
    c.compare("received", result.profiles.received, expected.profiles.received, tolerance.weight);
    c.compare("distance", result.profiles.distance, expected.profiles.distance, tolerance.weight);
    const double single = std::max(1e-6, tolerance.entropy); // these are kept as float
    c.compare("entropyMean", result.profiles.entropyMean, expected.profiles.entropyMean, single);
    c.compare("entropyLower", result.profiles.entropyLower, expected.profiles.entropyLower, single);
    c.compare("entropyMedian", result.profiles.entropyMedian, expected.profiles.entropyMedian,
              single);
    c.compare("entropyUpper", result.profiles.entropyUpper, expected.profiles.entropyUpper, single);
    c.compare("overview mean", result.overview.mean, expected.overview.mean, 1e-6);
    c.compare("overview max", result.overview.max, expected.overview.max, 1e-6);
    if (!result.rowScale.empty())
        c.compare("rowScale", result.rowScale, expected.beta, tolerance.entropy);
    return c.text();
}

template PassResult<float> runPass(const reference::Matrix&, const Plan&,
                                   const std::vector<std::uint8_t>&, const StatisticsOptions&,
                                   std::int64_t);
template PassResult<double> runPass(const reference::Matrix&, const Plan&,
                                    const std::vector<std::uint8_t>&, const StatisticsOptions&,
                                    std::int64_t);
template std::string difference(const PassResult<float>&, const reference::Attention&,
                                const Tolerance&);
template std::string difference(const PassResult<double>&, const reference::Attention&,
                                const Tolerance&);

} // namespace isentrope
