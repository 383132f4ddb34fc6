// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/attention/attention_cases.h"

#include <QtTest>
#include <hwy/targets.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include <cmath>
#include <cstring>
#include <limits>

using namespace isentrope;

namespace {

StatisticsOptions optionsFor(std::int64_t n) {
    StatisticsOptions options;
    options.near = 5;
    options.spans = {{0, n / 2}, {n / 3, n / 3 + 1}, {n, n}};
    options.overviewSide = 40;
    return options;
}

template <class Values>
bool sameBits(const Values& a, const Values& b) {
    return a.size() == b.size() &&
           std::memcmp(a.data(), b.data(), a.size() * sizeof(typename Values::value_type)) == 0;
}

template <class Real>
bool sameBits(const PassResult<Real>& a, const PassResult<Real>& b) {
    return sameBits(a.weights, b.weights) && sameBits(a.logSumExp, b.logSumExp) &&
           sameBits(a.statistics.entropy, b.statistics.entropy) &&
           sameBits(a.statistics.rangeEntropy, b.statistics.rangeEntropy) &&
           sameBits(a.statistics.meanDistance, b.statistics.meanDistance) &&
           sameBits(a.statistics.nearMass, b.statistics.nearMass) &&
           sameBits(a.profiles.received, b.profiles.received) &&
           sameBits(a.profiles.distance, b.profiles.distance) &&
           sameBits(a.overview.mean, b.overview.mean) && sameBits(a.overview.max, b.overview.max);
}

template <class Real>
void verifySame(const PassResult<Real>& result, const reference::Attention& expected,
                const Tolerance& tolerance) {
    const std::string text = difference(result, expected, tolerance);
    QVERIFY2(text.empty(), text.c_str());
}

/// Until the end of its scope, kernels of one instruction set only.
class OnlyTarget {
public:
    explicit OnlyTarget(std::int64_t target) { choose(target); }
    ~OnlyTarget() { choose(0); }
    OnlyTarget(const OnlyTarget&) = delete;
    OnlyTarget& operator=(const OnlyTarget&) = delete;

private:
    static void choose(std::int64_t target) {
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().DeInit();
    }
};

} // namespace

class RowPassTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheFormulas_data();
    void agreesWithTheFormulas();
    void longRowsAgree_data();
    void longRowsAgree();
    void everyInstructionSetAgrees_data();
    void everyInstructionSetAgrees();
    void threadsChangeNoBit_data();
    void threadsChangeNoBit();
    void blocksMayComeInAnyOrder();
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

void RowPassTest::agreesWithTheFormulas_data() {
    QTest::addColumn<std::int64_t>("n");
    QTest::addColumn<QString>("shape");
    QTest::addColumn<QString>("open");
    for (const std::int64_t n : {1, 2, 3, 7, 16, 17, 64, 100, 255})
        for (const std::string& shape : planShapes())
            for (const char* open : {"all", "end", "middle", "holes"})
                QTest::addRow("%d %s %s", static_cast<int>(n), shape.c_str(), open)
                    << n << QString::fromStdString(shape) << QString(open);
    for (const char* shape : {"scalar", "all together"})
        QTest::addRow("1000 %s", shape) << std::int64_t{1000} << QString(shape) << "middle";
}

void RowPassTest::agreesWithTheFormulas() {
    QFETCH(std::int64_t, n);
    QFETCH(QString, shape);
    QFETCH(QString, open);
    const Plan plan = planOf(shape.toStdString(), n);
    const auto keys = openKeys(open.toStdString(), n);
    const auto similarity = randomSimilarities(n, static_cast<std::uint64_t>(n));
    const auto expected = reference::attend(similarity, plan, keys, optionsFor(n));
    const auto single = runPass<float>(similarity, plan, keys, optionsFor(n), 37);
    verifySame(single, expected, toleranceOf<float>());
    const auto twice = runPass<double>(similarity, plan, keys, optionsFor(n), 37);
    verifySame(twice, expected, toleranceOf<double>());
}

void RowPassTest::longRowsAgree_data() {
    QTest::addColumn<QString>("shape");
    for (const char* shape : {"scalar", "scale-invariant", "sinks", "far"})
        QTest::newRow(shape) << QString(shape);
}

/// Rows of several tiles, of which only a few are run: the others are masked in the reference.
void RowPassTest::longRowsAgree() {
    QFETCH(QString, shape);
    const std::int64_t n = 5000;
    const Plan plan = planOf(shape.toStdString(), n);
    const auto small = randomSimilarities(71, 5);
    for (const std::int64_t row : {std::int64_t{0}, std::int64_t{2047}, std::int64_t{4999}}) {
        std::vector<float> values;
        std::vector<double> x;
        for (std::int64_t j = 0; j < n; ++j) {
            const double z = small.values[static_cast<std::size_t>((j * 7 + row) % 5041)] +
                             static_cast<double>(j / 1000);
            const auto t = static_cast<std::size_t>(std::abs(row - j));
            values.push_back(static_cast<float>(z));
            const double factor = plan.distanceFactor.empty() ? 1 : plan.distanceFactor[t];
            const double bias = plan.distanceBias.empty() ? 0 : plan.distanceBias[t];
            const bool open = !plan.mask.window || std::abs(row - j) <= *plan.mask.window ||
                              j < plan.mask.sinks || row < plan.mask.sinks;
            x.push_back(open ? z * plan.factor * factor + bias : -HUGE_VAL);
        }
        double mass = 0, entropy = 0;
        const double top = *std::max_element(x.begin(), x.end());
        for (const double value : x)
            mass += std::exp(value - top);
        for (const double value : x)
            if (value > top - 700)
                entropy -= std::exp(value - top) / mass * (value - top - std::log(mass));
        RowPass<float> pass(RowPlan<float>::from(plan), {}, {});
        pass.run({values.data(), n, row, 1, n});
        const auto at = static_cast<std::size_t>(row);
        QVERIFY(std::abs(double{pass.statistics().entropy[at]} - entropy) < 1e-5);
        for (std::size_t j = 0; j < values.size(); ++j)
            QVERIFY(std::abs(double{values[j]} - std::exp(x[j] - top) / mass) < 1e-6);
    }
}

void RowPassTest::everyInstructionSetAgrees_data() {
    QTest::addColumn<std::int64_t>("target");
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets())
        QTest::newRow(hwy::TargetName(target)) << target;
}

void RowPassTest::everyInstructionSetAgrees() {
    QFETCH(std::int64_t, target);
    for (const char* shape : {"scalar", "all together", "far", "sinks"}) {
        const std::int64_t n = 131;
        const Plan plan = planOf(shape, n);
        const auto keys = openKeys("holes", n);
        const auto similarity = randomSimilarities(n, 9);
        const auto expected = reference::attend(similarity, plan, keys, optionsFor(n));
        const OnlyTarget only(target);
        QCOMPARE(std::string(kernelTarget()), std::string(hwy::TargetName(target)));
        const auto single = runPass<float>(similarity, plan, keys, optionsFor(n), n);
        verifySame(single, expected, toleranceOf<float>());
        const auto twice = runPass<double>(similarity, plan, keys, optionsFor(n), n);
        verifySame(twice, expected, toleranceOf<double>());
    }
}

void RowPassTest::threadsChangeNoBit_data() {
    QTest::addColumn<std::int64_t>("side");
    QTest::newRow("a cell a bin") << std::int64_t{1024};
    QTest::newRow("groups of whole bins") << std::int64_t{100};
    QTest::newRow("bins of many groups") << std::int64_t{6};
}

void RowPassTest::threadsChangeNoBit() {
#ifdef _OPENMP
    QFETCH(std::int64_t, side);
    const std::int64_t n = 300;
    StatisticsOptions options = optionsFor(n);
    options.overviewSide = side;
    const Plan plan = planOf("all together", n);
    const auto keys = openKeys("middle", n);
    const auto similarity = randomSimilarities(n, 3);
    const int before = omp_get_max_threads();
    omp_set_num_threads(1);
    const auto one = runPass<float>(similarity, plan, keys, options, n);
    for (const int threads : {2, 5}) {
        omp_set_num_threads(threads);
        QVERIFY(sameBits(one, runPass<float>(similarity, plan, keys, options, n)));
    }
    omp_set_num_threads(before);
#else
    QSKIP("built without OpenMP: there is one thread");
#endif
}

void RowPassTest::blocksMayComeInAnyOrder() {
    const std::int64_t n = 90;
    const Plan plan = planOf("bias", n);
    const auto similarity = randomSimilarities(n, 4);
    const auto expected = reference::attend(similarity, plan, {}, optionsFor(n));
    PassResult<double> result;
    result.weights = similarity.values;
    RowPass<double> pass(RowPlan<double>::from(plan), {}, optionsFor(n));
    for (const std::int64_t row : {60, 0, 30})
        pass.run({result.weights.data() + row * n, n, row, 30, n});
    result.statistics = pass.statistics();
    result.logSumExp = pass.logSumExp();
    result.profiles = pass.profiles();
    result.overview = pass.overview();
    verifySame(result, expected, toleranceOf<double>());
}

void RowPassTest::hugeLogitsStayFinite() {
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
void RowPassTest::farRangesKeepTheirEntropy() {
    const std::int64_t n = 400;
    const reference::Matrix zero(n, n);
    const auto result = runPass<float>(zero, planOf("far", n), {}, optionsFor(n), n);
    const double ratio = std::exp(-2.0);
    const double geometric = -std::log(1 - ratio) - ratio / (1 - ratio) * std::log(ratio);
    QCOMPARE(result.statistics.rangeMass[2], 0.0F);
    QVERIFY(std::abs(double{result.statistics.rangeEntropy[2]} - geometric) < 1e-5);
}

void RowPassTest::firstOfEqualMaximaWins() {
    const std::int64_t n = 100;
    reference::Matrix similarity(n, n);
    for (std::int64_t i = 0; i < n; ++i)
        similarity.at(i, 37) = similarity.at(i, 38) = similarity.at(i, 90) = 3;
    const auto result = runPass<float>(similarity, planOf("scalar", n), {}, optionsFor(n), n);
    for (const std::int64_t column : result.statistics.maxColumn)
        QCOMPARE(column, std::int64_t{37});
}

void RowPassTest::closedRowsAreZeroAndNaN() {
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

void RowPassTest::minusInfinityIsAWeightOfZero() {
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

void RowPassTest::brokenLogitsShow_data() {
    QTest::addColumn<float>("value");
    QTest::addColumn<bool>("wholeRow");
    const float nan = std::numeric_limits<float>::quiet_NaN();
    QTest::newRow("one not a number") << nan << false;
    QTest::newRow("all not numbers") << nan << true;
    QTest::newRow("one infinite") << HUGE_VALF << false;
}

/// A model whose activations broke must not look as if it attended.
void RowPassTest::brokenLogitsShow() {
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

void RowPassTest::rangesBeginBelowN_data() {
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

void RowPassTest::rangesBeginBelowN() {
    QFETCH(std::int64_t, n);
    QFETCH(int, count);
    QCOMPARE(rangeCount(n), count);
}

void RowPassTest::nothingIsGatheredUnasked() {
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

QTEST_GUILESS_MAIN(RowPassTest)
#include "tst_row_pass.moc"
