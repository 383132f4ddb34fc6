// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/attention/attention_cases.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace isentrope;

namespace {

template <class Real>
void verifySame(const PassResult<Real>& result, const reference::Attention& expected,
                const Tolerance& tolerance) {
    const std::string text = difference(result, expected, tolerance);
    QVERIFY2(text.empty(), text.c_str());
}

} // namespace

class RowEdgesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hugeLogitsStayFinite();
    void farRangesKeepTheirEntropy();
    void firstOfEqualMaximaWins();
    void closedRowsAreZeroAndNaN();
    void minusInfinityIsAWeightOfZero();
    void brokenLogitsShow_data();
    void brokenLogitsShow();
    void rangesBeginBelowN_data();
    void rangesBeginBelowN();
    void nothingIsGatheredUnasked();
};

void RowEdgesTest::hugeLogitsStayFinite() {
    const std::int64_t n = 40;
    Plan plan = planOf("scalar", n);
    plan.factor = 1;
    reference::Matrix similarity(n, n);
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < n; ++j)
            similarity.at(i, j) = (j % 2 == 0 ? 1e4 : -1e4) + static_cast<double>(j % 5);
    const auto expected = reference::attend(similarity, plan, {}, optionsFor(n));
    const auto single = runPass<float>(similarity, plan, {}, optionsFor(n), n);
    verifySame(single, expected, toleranceOf<float>());
    const auto twice = runPass<double>(similarity, plan, {}, optionsFor(n), n);
    verifySame(twice, expected, toleranceOf<double>());
}

/// Logits that fall by 2 a token: the range from 100 on has a mass below the smallest float, and an
/// entropy as good as any.
void RowEdgesTest::farRangesKeepTheirEntropy() {
    const std::int64_t n = 400;
    const reference::Matrix zero(n, n);
    const auto result = runPass<float>(zero, planOf("far", n), {}, optionsFor(n), n);
    const double ratio = std::exp(-2.0);
    const double geometric = -std::log(1 - ratio) - ratio / (1 - ratio) * std::log(ratio);
    QCOMPARE(result.statistics.rangeMass[2], 0.0F);
    QVERIFY(std::abs(double{result.statistics.rangeEntropy[2]} - geometric) < 1e-5);
}

void RowEdgesTest::firstOfEqualMaximaWins() {
    const std::int64_t n = 100;
    reference::Matrix similarity(n, n);
    for (std::int64_t i = 0; i < n; ++i)
        similarity.at(i, 37) = similarity.at(i, 38) = similarity.at(i, 90) = 3;
    const auto result = runPass<float>(similarity, planOf("scalar", n), {}, optionsFor(n), n);
    for (const std::int64_t column : result.statistics.maxColumn)
        QCOMPARE(column, std::int64_t{37});
}

void RowEdgesTest::closedRowsAreZeroAndNaN() {
    const std::int64_t n = 50;
    const auto similarity = randomSimilarities(n, 6);
    // Window 0 and one open key: every other row has nothing to look at.
    const Plan plan = planOf("window 0", n);
    for (const char* pattern : {"one", "none"}) {
        const auto keys = openKeys(pattern, n);
        const auto expected = reference::attend(similarity, plan, keys, optionsFor(n));
        const auto result = runPass<float>(similarity, plan, keys, optionsFor(n), n);
        verifySame(result, expected, toleranceOf<float>());
        QCOMPARE(result.weights[0], 0.0F);
        QVERIFY(std::isnan(result.statistics.entropy[0]));
        QCOMPARE(result.statistics.maxColumn[0], std::int64_t{-1});
    }
}

void RowEdgesTest::minusInfinityIsAWeightOfZero() {
    const std::int64_t n = 33;
    reference::Matrix similarity = randomSimilarities(n, 7);
    for (std::int64_t j = 0; j < n; ++j) {
        similarity.at(5, j) = -HUGE_VAL;
        if (j % 2 == 0) similarity.at(6, j) = -HUGE_VAL;
    }
    const Plan plan = planOf("scalar", n);
    const auto expected = reference::attend(similarity, plan, {}, optionsFor(n));
    const auto result = runPass<float>(similarity, plan, {}, optionsFor(n), n);
    verifySame(result, expected, toleranceOf<float>());
    QVERIFY(std::isnan(result.statistics.entropy[5]));
    QVERIFY(std::isfinite(result.statistics.entropy[6]));
}

void RowEdgesTest::brokenLogitsShow_data() {
    QTest::addColumn<float>("value");
    QTest::addColumn<bool>("wholeRow");
    const float nan = std::numeric_limits<float>::quiet_NaN();
    QTest::newRow("one not a number") << nan << false;
    QTest::newRow("all not numbers") << nan << true;
    QTest::newRow("one infinite") << HUGE_VALF << false;
}

/// A model whose activations broke must not look as if it attended.
void RowEdgesTest::brokenLogitsShow() {
    QFETCH(float, value);
    QFETCH(bool, wholeRow);
    const std::int64_t n = 64;
    std::vector<float> row(64, wholeRow ? value : 1.0F);
    row[11] = value;
    RowPass<float> pass(RowPlan<float>::from(planOf("scalar", n)), {}, {});
    pass.run({row.data(), n, 0, 1, n});
    QVERIFY(std::isnan(pass.statistics().entropy[0]));
    for (const float weight : row)
        QVERIFY(std::isnan(weight));
}

void RowEdgesTest::rangesBeginBelowN_data() {
    QTest::addColumn<std::int64_t>("n");
    QTest::addColumn<int>("count");
    QTest::newRow("1") << std::int64_t{1} << 1;
    QTest::newRow("10") << std::int64_t{10} << 1;
    QTest::newRow("11") << std::int64_t{11} << 2;
    QTest::newRow("64") << std::int64_t{64} << 2;
    QTest::newRow("1000") << std::int64_t{1000} << 3;
    QTest::newRow("1001") << std::int64_t{1001} << 4;
    QTest::newRow("131072") << std::int64_t{131072} << 6;
    QTest::newRow("largest") << std::numeric_limits<std::int64_t>::max() << 19;
}

void RowEdgesTest::rangesBeginBelowN() {
    QFETCH(std::int64_t, n);
    QFETCH(int, count);
    QCOMPARE(rangeCount(n), count);
}

void RowEdgesTest::nothingIsGatheredUnasked() {
    StatisticsOptions options;
    options.profiles = options.overview = false;
    const auto similarity = randomSimilarities(20, 8);
    const auto result = runPass<float>(similarity, planOf("scalar", 20), {}, options, 20);
    QVERIFY(result.profiles.received.empty());
    QVERIFY(result.profiles.entropyMean.empty());
    QVERIFY(result.overview.mean.empty());
    QVERIFY(result.rowScale.empty());
    QVERIFY(std::isfinite(result.statistics.entropy[19]));
}

QTEST_GUILESS_MAIN(RowEdgesTest)
#include "tst_row_edges.moc"
