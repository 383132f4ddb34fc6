// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/model/plain_forward.h"
#include "tests/core/model/random_model.h"

#include <QtTest>

#include <cmath>

using namespace isentrope;
using namespace isentrope::test;

namespace {

/// Largest |a - b|; a NaN equals a NaN alone.
template <class A, class B>
double furthest(const std::vector<A>& a, const std::vector<B>& b) {
    if (a.size() != b.size()) return HUGE_VAL;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
        if (std::isnan(x) != std::isnan(y)) return HUGE_VAL;
        if (!std::isnan(x)) largest = std::max(largest, std::abs(x - y));
    }
    return largest;
}

void compareStatistics(const LayerResult& layer, const reference::Attention& expected,
                       double tolerance) {
    const RowStatistics<float>& a = layer.statistics;
    const RowStatistics<double>& b = expected.statistics;
    QVERIFY(furthest(a.logSumExp, b.logSumExp) < 10 * tolerance);
    QVERIFY(furthest(a.entropy, b.entropy) < 10 * tolerance);
    QVERIFY(furthest(a.maxWeight, b.maxWeight) < tolerance);
    QVERIFY(furthest(a.nearMass, b.nearMass) < tolerance);
    QVERIFY(furthest(a.sinkMass, b.sinkMass) < tolerance);
    QVERIFY(furthest(a.rangeMass, b.rangeMass) < tolerance);
    QVERIFY(furthest(a.spanMass, b.spanMass) < tolerance);
    QVERIFY(furthest(layer.profiles.received, expected.profiles.received) < tolerance);
    QVERIFY(furthest(layer.profiles.distance, expected.profiles.distance) < tolerance);
    QVERIFY(furthest(layer.overview.mean, expected.overview.mean) < tolerance);
    QVERIFY(furthest(layer.overview.max, expected.overview.max) < tolerance);
}

} // namespace

/// The forward pass against a plain one in double precision, on random models of odd sizes.
class TestForward : public QObject {
    Q_OBJECT

    struct Shape {
        const char* name;
        std::int64_t length, keySize;
        std::vector<std::int64_t> padding;
        std::int64_t blockRows;
    };

    static void check(const RandomModel& random, const Plan& plan,
                      const std::vector<std::int32_t>& ids, const std::vector<std::uint8_t>& open,
                      RunOptions options) {
        options.allLogits = true;
        options.statistics.spans = {{0, plan.length / 2}};
        options.statistics.overviewSide = 16;
        const double tolerance = options.precision == Precision::Double ? 1e-6 : 2e-4;
        const ForwardResult result = need(random.model().forward(ids, open, plan, options));
        const reference::Forward expected = reference::forward(random.config(), random.weights(),
                                                               ids, open, plan, options.statistics);
        QCOMPARE(result.layers.size(), expected.attentions.size());
        for (std::size_t layer = 0; layer < result.layers.size(); ++layer)
            compareStatistics(result.layers[layer], expected.attentions[layer], tolerance);
        QVERIFY(furthest(result.logits, expected.logits.values) < 10 * tolerance);
    }

private slots:
    void everyShapeOfScheme_data() {
        QTest::addColumn<QString>("scheme");
        for (const char* scheme :
             {"rope+softmax",
              "nope+softmax",
              "pi+logn",
              "yarn+infoscale",
              "rope+llama4(floor=8)",
              "half-rope+scale-invariant",
              "nope+softmax+alibi",
              "rope+adaptive",
              "cos(s=6)+rope+softmax",
              "cos(s=6)+yarn+infoscale",
              "rerope(w=5)+softmax",
              "rerope(w=0)+softmax",
              "leaky-rerope(w=6,k=4)+infoscale",
              "self-extend(w=7,g=3)+softmax",
              "rerope-ref(w=6)+softmax",
              "rope+softmax+window(w=5)",
              "rope+softmax+sinks(k=3,w=6)",
              "rope+softmax+streaming(k=4,w=9)",
              "rope+softmax+streaming(k=6,w=2)",
              "yarn+softmax+lambda(k=5,w=8)",
              "rerope(w=4)+logn+streaming(k=4,w=10)",
              "cos(s=5)+self-extend(w=6,g=2)+softmax+kerple-log+lambda(k=3,w=7)"})
            QTest::newRow(scheme) << scheme;
    }

    void everyShapeOfScheme() {
        QFETCH(QString, scheme);
        const std::int64_t n = 43;
        std::vector<std::uint8_t> open(n, 1);
        open[0] = open[11] = open[12] = open[42] = 0;
        for (const Precision precision : {Precision::Exact, Precision::Double}) {
            const RandomModel random({}, 3, precision);
            RunOptions options;
            options.precision = precision;
            options.blockRows = 9;
            check(random, random.plan(scheme.toStdString(), n, n - 4), random.ids(n), open,
                  options);
        }
    }

    void oddSizes_data() {
        QTest::addColumn<int>("length");
        QTest::addColumn<int>("keySize");
        QTest::addColumn<int>("layers");
        QTest::addColumn<int>("blockRows");
        QTest::addColumn<bool>("bias");
        QTest::newRow("one token") << 1 << 8 << 2 << 0 << false;
        QTest::newRow("two tokens") << 2 << 2 << 1 << 0 << false;
        QTest::newRow("d 6") << 37 << 6 << 2 << 7 << false;
        QTest::newRow("d 128") << 101 << 128 << 1 << 0 << false;
        QTest::newRow("bias") << 29 << 8 << 2 << 0 << true;
        QTest::newRow("blocks of one row") << 19 << 8 << 2 << 1 << true;
        QTest::newRow("more than one default block") << 300 << 8 << 1 << 0 << false;
        QTest::newRow("100 layers") << 9 << 4 << 100 << 0 << false;
    }

    void oddSizes() {
        QFETCH(int, length);
        QFETCH(int, keySize);
        QFETCH(int, layers);
        QFETCH(int, blockRows);
        QFETCH(bool, bias);
        RandomSizes sizes;
        sizes.keySize = keySize;
        sizes.layers = layers;
        sizes.bias = bias;
        sizes.gamma = 1;
        const RandomModel random(sizes, 5, Precision::Double);
        RunOptions options;
        options.precision = Precision::Double;
        options.blockRows = blockRows;
        check(random, random.plan("self-extend(w=5,g=3)+infoscale", length), random.ids(length), {},
              options);
    }

    void blocksAndThreadsMakeNoDifference() {
        const RandomModel random;
        const std::int64_t n = 61;
        const Plan plan = random.plan("rerope(w=9)+softmax+streaming(k=4,w=20)", n);
        RunOptions options;
        options.allLogits = true;
        const ForwardResult once = need(random.model().forward(random.ids(n), {}, plan, options));
        for (const std::int64_t rows : {1, 8, 60}) {
            options.blockRows = rows;
            options.threads = rows == 8 ? 1 : 2;
            const ForwardResult again =
                need(random.model().forward(random.ids(n), {}, plan, options));
            QVERIFY(furthest(again.logits, once.logits) < 1e-4);
        }
    }

    void predictionsAreTheLargestLogits() {
        const RandomModel random;
        const Plan plan = random.plan("rope+softmax", 12);
        RunOptions options;
        options.logitRows = {3, 11};
        const ForwardResult all = need(random.model().forward(random.ids(12), {}, plan, options));
        QCOMPARE(all.logits.size(), static_cast<std::size_t>(2 * random.config().vocabulary));
        options.topPredictions = 5;
        const ForwardResult best = need(random.model().forward(random.ids(12), {}, plan, options));
        QVERIFY(best.logits.empty());
        QCOMPARE(best.predictions.size(), std::size_t{2});
        for (std::size_t row = 0; row < 2; ++row) {
            const auto begin =
                all.logits.begin() + static_cast<std::ptrdiff_t>(row) * random.config().vocabulary;
            const auto end = begin + random.config().vocabulary;
            double sum = 0;
            for (auto logit = begin; logit != end; ++logit)
                sum += std::exp(static_cast<double>(*logit));
            QCOMPARE(best.predictions[row].size(), std::size_t{5});
            const Prediction first = best.predictions[row].front();
            QCOMPARE(static_cast<std::ptrdiff_t>(first.id), std::max_element(begin, end) - begin);
            QVERIFY(std::abs(std::exp(static_cast<double>(begin[first.id])) / sum -
                             static_cast<double>(first.probability)) < 1e-5);
            QVERIFY(best.predictions[row][1].probability <= first.probability);
        }
    }

    void onlyWantedLayersAreKept() {
        RandomSizes sizes;
        sizes.layers = 4;
        const RandomModel random(sizes);
        RunOptions options;
        options.layers = {1, 3};
        const ForwardResult result = need(
            random.model().forward(random.ids(10), {}, random.plan("rope+softmax", 10), options));
        QCOMPARE(result.layers.size(), std::size_t{2});
        QCOMPARE(result.layers[1].layer, 3);
        RegionRequest request;
        request.trace = result.trace;
        request.layers = {2};
        request.rows = request.columns = 10;
        const auto missing = random.model().region(request);
        QVERIFY(!missing);
        QVERIFY2(missing.error().message.find("kept are 1, 3") != std::string::npos,
                 missing.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestForward)
#include "tst_forward.moc"
