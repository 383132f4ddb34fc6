// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/catalogue.h"
#include "tests/core/model/random_model.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <map>

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

double sizeOf(const std::vector<float>& values) {
    double size = 0;
    for (const float value : values)
        size = std::max(size, std::abs(static_cast<double>(value)));
    return size;
}

/// What a run on the GPU may differ by from the CPU in double. Fast rounds weights and values to
/// bfloat16 (8 bits), which the layers behind feel.
struct Tolerances {
    double firstWeight, firstEntropy; ///< of layer 0, which meets the same input on both sides
    double weight, entropy;           ///< of the others
    double logits;                    ///< of the largest
};
Tolerances tolerancesOf(Precision precision) {
    return precision == Precision::Exact ? Tolerances{1e-5, 1e-4, 1e-5, 1e-4, 1e-4}
                                         : Tolerances{5e-5, 3e-4, 5e-3, 2e-2, 2e-2};
}

} // namespace

/// The engine on an NVIDIA GPU against the CPU in double, on the fixture model.
class TestCuda : public QObject {
    Q_OBJECT

    std::unique_ptr<Checkpoint> m_checkpoint;
    std::unique_ptr<Model> m_cpu;
    std::map<Precision, std::unique_ptr<Model>> m_gpu;

    [[nodiscard]] Plan plan(const std::string& scheme, std::int64_t n, std::int64_t tokens) const {
        return planFor(m_checkpoint->config(), scheme, n, tokens);
    }
    [[nodiscard]] std::vector<std::int32_t> ids(std::int64_t n, int seed) const {
        std::vector<std::int32_t> ids;
        const std::int64_t vocabulary = m_checkpoint->config().vocabulary;
        for (std::int64_t place = 0; place < n; ++place)
            ids.push_back(static_cast<std::int32_t>(1 + (place * place * 31 + place + seed) %
                                                            (vocabulary - 1)));
        return ids;
    }
    static std::vector<std::uint8_t> openKeys(std::int64_t n, std::int64_t tokens) {
        std::vector<std::uint8_t> open(static_cast<std::size_t>(n), 1);
        std::fill(open.begin() + tokens, open.end(), std::uint8_t{0});
        return open;
    }
    static RunOptions optionsOf(Precision precision) {
        RunOptions options;
        options.precision = precision;
        options.allLogits = true;
        options.statistics.spans = {{1, 4}};
        options.statistics.overviewSide = 16;
        return options;
    }

    static void compare(const ForwardResult& gpu, const ForwardResult& cpu, Precision precision) {
        const Tolerances tolerances = tolerancesOf(precision);
        QCOMPARE(gpu.layers.size(), cpu.layers.size());
        for (std::size_t layer = 0; layer < gpu.layers.size(); ++layer) {
            const LayerResult &a = gpu.layers[layer], &b = cpu.layers[layer];
            const double weight = layer == 0 ? tolerances.firstWeight : tolerances.weight;
            const double entropy = layer == 0 ? tolerances.firstEntropy : tolerances.entropy;
            QVERIFY(furthest(a.statistics.entropy, b.statistics.entropy) < entropy);
            QVERIFY(furthest(a.statistics.logSumExp, b.statistics.logSumExp) < entropy);
            QVERIFY(furthest(a.statistics.rangeEntropy, b.statistics.rangeEntropy) < entropy);
            QVERIFY(furthest(a.statistics.maxWeight, b.statistics.maxWeight) < weight);
            QVERIFY(furthest(a.statistics.nearMass, b.statistics.nearMass) < weight);
            QVERIFY(furthest(a.statistics.sinkMass, b.statistics.sinkMass) < weight);
            QVERIFY(furthest(a.statistics.rangeMass, b.statistics.rangeMass) < weight);
            QVERIFY(furthest(a.statistics.spanMass, b.statistics.spanMass) < weight);
            QVERIFY(furthest(a.profiles.received, b.profiles.received) < weight);
            QVERIFY(furthest(a.profiles.distance, b.profiles.distance) < weight);
            QVERIFY(furthest(a.profiles.entropyMedian, b.profiles.entropyMedian) < entropy);
            QVERIFY(furthest(a.overview.mean, b.overview.mean) < weight);
            QVERIFY(furthest(a.overview.max, b.overview.max) < weight);
        }
        QVERIFY(furthest(gpu.logits, cpu.logits) < tolerances.logits * sizeOf(cpu.logits));
    }

private slots:
    void initTestCase() {
        const auto engine = loadEngine("cuda");
        if (!engine) QSKIP(("no usable NVIDIA GPU: " + engine.error().message).c_str());
        const std::vector<DeviceInfo> devices = (*engine)->devices();
        const auto usable = std::ranges::find_if(devices, &DeviceInfo::usable);
        if (usable == devices.end())
            QSKIP(("no usable NVIDIA GPU: " + devices.front().reason).c_str());
        m_checkpoint = std::make_unique<Checkpoint>(
            need(Checkpoint::open(TEST_DATA_DIR "/fixture", Catalogue::builtIn())));
        m_cpu = need(cpuEngine().load(*m_checkpoint, "cpu", Precision::Double, 2));
        for (const Precision precision : {Precision::Exact, Precision::Fast})
            m_gpu[precision] = need((*engine)->load(*m_checkpoint, usable->id, precision, 2));
    }

    void everyShapeOfScheme_data() {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<int>("precision");
        QTest::addColumn<int>("blockRows");
        for (const Precision precision : {Precision::Exact, Precision::Fast})
            for (const char* scheme : {"rope+softmax",
                                       "nope+softmax",
                                       "pi+logn",
                                       "yarn+infoscale",
                                       "rope+llama4(floor=8)",
                                       "half-rope+scale-invariant",
                                       "nope+softmax+alibi",
                                       "rope+softmax+kerple-power",
                                       "rope+adaptive",
                                       "cos(s=16)+rope+softmax",
                                       "cos(s=128)+yarn+infoscale",
                                       "rerope(w=20)+softmax",
                                       "rerope(w=0)+softmax",
                                       "leaky-rerope(w=20,k=4)+infoscale",
                                       "self-extend(w=24,g=3)+softmax",
                                       "rerope-ref(w=6)+softmax",
                                       "rope+softmax+window(w=9)",
                                       "rope+softmax+sinks(k=3,w=12)",
                                       "rope+softmax+streaming(k=4,w=9)",
                                       "yarn+softmax+lambda(k=5,w=8)"})
                for (const int blockRows : {0, 37})
                    QTest::addRow("%s %s, blocks of %d",
                                  std::string(precisionName(precision)).c_str(), scheme, blockRows)
                        << QString(scheme) << static_cast<int>(precision) << blockRows;
    }

    void everyShapeOfScheme() {
        QFETCH(QString, scheme);
        QFETCH(int, precision);
        QFETCH(int, blockRows);
        const std::int64_t n = 150, tokens = 141;
        const Plan wanted = plan(scheme.toStdString(), n, tokens);
        RunOptions options = optionsOf(static_cast<Precision>(precision));
        options.blockRows = blockRows;
        Model& gpu = *m_gpu.at(options.precision);
        const auto result = need(gpu.forward(ids(n, 1), openKeys(n, tokens), wanted, options));
        const auto expected = need(
            m_cpu->forward(ids(n, 1), openKeys(n, tokens), wanted, optionsOf(Precision::Double)));
        compare(result, expected, options.precision);
        gpu.release(result.trace);
        m_cpu->release(expected.trace);
    }

    void everyLength_data() {
        QTest::addColumn<int>("length");
        for (const int length : {1, 2, 33, 511, 1024, 1025, 4099, 8300})
            QTest::addRow("%d tokens", length) << length;
    }

    /// One warp, a few, or many for a row; the longest against fp32 on the CPU, which is faster.
    void everyLength() {
        QFETCH(int, length);
        RunOptions options = optionsOf(Precision::Exact);
        options.allLogits = false;
        options.logitRows = {0, length - 1};
        options.keepTrace = false;
        const Plan wanted = plan("self-extend(w=24,g=200)+infoscale", length, length);
        const auto result =
            need(m_gpu.at(Precision::Exact)->forward(ids(length, 2), {}, wanted, options));
        options.precision = length > 2000 ? Precision::Exact : Precision::Double;
        const auto expected = need(m_cpu->forward(ids(length, 2), {}, wanted, options));
        compare(result, expected, Precision::Exact);
    }

    void textsTogetherEqualTextsAlone() {
        const std::int64_t n = 40;
        const Plan wanted = plan("rerope(w=9)+infoscale", n, n);
        std::vector<std::vector<std::int32_t>> texts;
        std::vector<std::vector<std::uint8_t>> open;
        for (int text = 0; text < 9; ++text) {
            texts.push_back(ids(n, text));
            open.push_back(openKeys(n, n - text));
        }
        const RunOptions options = optionsOf(Precision::Exact);
        Model& gpu = *m_gpu.at(Precision::Exact);
        const auto together = need(gpu.forwardBatch(texts, open, wanted, options));
        for (std::size_t text = 0; text < texts.size(); ++text)
            compare(
                together[text],
                need(m_cpu->forward(texts[text], open[text], wanted, optionsOf(Precision::Double))),
                Precision::Exact);
    }

    void plansTogetherEqualPlansAlone() {
        const std::int64_t n = 70;
        std::vector<Plan> plans;
        for (const char* scheme :
             {"rope+softmax", "pi+logn", "rope+adaptive", "rope+softmax+streaming(k=2,w=9)"})
            plans.push_back(plan(scheme, n, n));
        const auto together =
            need(m_gpu.at(Precision::Exact)
                     ->forwardPlans(ids(n, 3), {}, plans, optionsOf(Precision::Exact)));
        for (std::size_t at = 0; at < plans.size(); ++at)
            compare(together[at],
                    need(m_cpu->forward(ids(n, 3), {}, plans[at], optionsOf(Precision::Double))),
                    Precision::Exact);
    }

    void tilesAndWhatIfsAgree() {
        const std::int64_t n = 130;
        const Plan wanted = plan("rope+adaptive", n, n), other = plan("pi+logn", n, n);
        Model& gpu = *m_gpu.at(Precision::Exact);
        const auto there = need(gpu.forward(ids(n, 4), {}, wanted, optionsOf(Precision::Exact)));
        const auto here = need(m_cpu->forward(ids(n, 4), {}, wanted, optionsOf(Precision::Double)));
        std::vector<std::uint8_t> hidden(static_cast<std::size_t>(n), 0);
        hidden[0] = hidden[77] = 1;
        for (const int layer : {0, 1, 2})
            for (const Plan* whatIf : {static_cast<const Plan*>(nullptr), &other})
                for (const auto& left : {std::vector<std::uint8_t>(), hidden})
                    QVERIFY(furthest(wholeMap(gpu, there.trace, layer, n, whatIf, left),
                                     wholeMap(*m_cpu, here.trace, layer, n, whatIf, left)) < 1e-5);
        const auto rows = need(gpu.queryRows(there.trace, 1, {0, 64, n - 1}, nullptr));
        QVERIFY(furthest(rows, need(m_cpu->queryRows(here.trace, 1, {0, 64, n - 1}, nullptr))) <
                1e-5);
        const auto mine = need(gpu.whatIf(there.trace, 1, other, hidden, {20, 60}, {}));
        const auto theirs = need(m_cpu->whatIf(here.trace, 1, other, hidden, {20, 60}, {}));
        QVERIFY(furthest(mine.statistics.entropy, theirs.statistics.entropy) < 1e-4);
    }

    void doubleIsRefused() {
        const auto refused =
            need(loadEngine("cuda"))->load(*m_checkpoint, "cuda", Precision::Double, 1);
        QVERIFY(!refused);
        QCOMPARE(static_cast<int>(refused.error().code), static_cast<int>(ErrorCode::Unsupported));
    }

    void whatDoesNotFitIsRefused() {
        const std::int64_t n = 1'000'000'000;
        const Estimate estimate = m_gpu.at(Precision::Exact)->estimate(n, 1, RunOptions());
        QVERIFY(!estimate.fits);
        QVERIFY(estimate.bytes > estimate.freeBytes);
    }
};

QTEST_GUILESS_MAIN(TestCuda)
#include "tst_cuda.moc"
