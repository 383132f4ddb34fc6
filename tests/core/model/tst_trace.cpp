// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/model/plain_forward.h"
#include "tests/core/model/random_model.h"

#include <QtTest>

#include <cmath>
#include <numeric>

using namespace isentrope;
using namespace isentrope::test;

namespace {

constexpr std::int64_t n = 47;

/// A model in double precision, its run under one scheme, and the same run done plainly.
struct Traced {
    RandomModel random{{}, 11, Precision::Double};
    std::vector<std::int32_t> ids = random.ids(n);
    std::vector<std::uint8_t> open = std::vector<std::uint8_t>(n, 1);
    Plan plan;
    ForwardResult result;
    reference::Forward expected;

    explicit Traced(const std::string& scheme) {
        open[5] = open[46] = 0;
        plan = random.plan(scheme, n, n - 2);
        result = run(plan);
        expected = reference::forward(random.config(), random.weights(), ids, open, plan, {});
    }
    [[nodiscard]] ForwardResult run(const Plan& other) const {
        RunOptions options;
        options.precision = Precision::Double;
        return need(random.model().forward(ids, open, other, options));
    }
    [[nodiscard]] const reference::Matrix& weights(std::size_t layer) const {
        return expected.attentions[layer].weights;
    }
    [[nodiscard]] RegionRequest request(std::vector<int> layers) const {
        RegionRequest request;
        request.trace = result.trace;
        request.layers = std::move(layers);
        request.rows = request.columns = n;
        return request;
    }
    /// The layer's attention under another plan with z held.
    [[nodiscard]] reference::Attention held(std::size_t layer, const Plan& other,
                                            const std::vector<std::uint8_t>& keys) const {
        return reference::attentionOf(random.weights().layers[layer], expected.z[layer], keys,
                                      other, {});
    }
};

double furthest(const std::vector<float>& a, const std::vector<double>& b) {
    if (a.size() != b.size()) return HUGE_VAL;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
    return largest;
}

} // namespace

/// Everything that is asked of a trace, against full attention maps made plainly.
class TestTrace : public QObject {
    Q_OBJECT

private slots:
    void tilesEqualTheFullSoftmax_data() {
        QTest::addColumn<QString>("scheme");
        for (const char* scheme :
             {"rope+softmax", "rerope(w=6)+infoscale", "rope+adaptive", "rope+llama4(floor=8)",
              "cos(s=8)+rope+softmax+streaming(k=3,w=7)", "self-extend(w=5,g=4)+softmax+lambda",
              "half-rope+scale-invariant"})
            QTest::newRow(scheme) << scheme;
    }

    void tilesEqualTheFullSoftmax() {
        QFETCH(QString, scheme);
        const Traced traced(scheme.toStdString());
        for (const auto& [row, rows, column, columns] : {std::array<std::int64_t, 4>{0, n, 0, n},
                                                         {3, 17, 20, 27},
                                                         {30, 17, 0, 9},
                                                         {46, 1, 46, 1},
                                                         {0, 1, 5, 1},
                                                         {10, 2, 40, 7}}) {
            RegionRequest request = traced.request({1});
            request.row = row;
            request.rows = rows;
            request.column = column;
            request.columns = columns;
            const Region tile = need(traced.random.model().region(request));
            QCOMPARE(tile.stride, std::int64_t{1});
            std::vector<double> expected;
            for (std::int64_t i = row; i < row + rows; ++i)
                for (std::int64_t j = column; j < column + columns; ++j)
                    expected.push_back(traced.weights(1).at(i, j));
            QVERIFY(furthest(tile.values, expected) < 1e-6);
        }
    }

    void poolsBinsOfCells() {
        const Traced traced("rope+softmax");
        RegionRequest request = traced.request({0, 1});
        request.side = 10; // stride 5, the last bins are 2 cells wide
        for (const Pooling pooling : {Pooling::Mean, Pooling::Max}) {
            request.pooling = pooling;
            const Region region = need(traced.random.model().region(request));
            QCOMPARE(region.stride, std::int64_t{5});
            QCOMPARE(region.rows, std::int64_t{10});
            for (std::int64_t r = 0; r < 10; ++r)
                for (std::int64_t c = 0; c < 10; ++c) {
                    double sum = 0, largest = 0, count = 0;
                    for (std::int64_t i = 5 * r; i < std::min(n, 5 * r + 5); ++i)
                        for (std::int64_t j = 5 * c; j < std::min(n, 5 * c + 5); ++j) {
                            if (!traced.open[static_cast<std::size_t>(i)]) continue;
                            const double cell =
                                (traced.weights(0).at(i, j) + traced.weights(1).at(i, j)) / 2;
                            sum += cell;
                            largest = std::max(largest, cell);
                            ++count;
                        }
                    const auto bin =
                        static_cast<double>(region.values[static_cast<std::size_t>(r * 10 + c)]);
                    QVERIFY(std::abs(bin - (pooling == Pooling::Mean ? sum / count : largest)) <
                            1e-6);
                }
        }
    }

    void differenceIsTakenPerCell() {
        const Traced a("rope+softmax");
        const ForwardResult b = a.run(a.random.plan("rope+softmax+window(w=9)", n, n - 2));
        const std::vector<float> mapA = wholeMap(a.random.model(), a.result.trace, 1, n);
        const std::vector<float> mapB = wholeMap(a.random.model(), b.trace, 1, n);
        DifferenceRequest request{a.request({1}), b.trace, false};
        const Region plain = need(a.random.model().difference(request));
        request.ratio = true;
        const Region ratio = need(a.random.model().difference(request));
        for (std::size_t cell = 0; cell < mapA.size(); ++cell) {
            QVERIFY(std::abs(plain.values[cell] - (mapA[cell] - mapB[cell])) < 1e-6F);
            const float expected =
                std::log(std::max(mapA[cell], 1e-37F)) - std::log(std::max(mapB[cell], 1e-37F));
            QVERIFY(std::abs(ratio.values[cell] - expected) < 1e-4F * std::abs(expected) + 1e-5F);
        }
        request.ratio = false;
        request.a.side = 1; // one bin: the largest in size, with its sign
        request.a.pooling = Pooling::Max;
        const Region bin = need(a.random.model().difference(request));
        float largest = 0;
        for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t j = 0; j < n && a.open[static_cast<std::size_t>(i)]; ++j) {
                const float cell = plain.values[static_cast<std::size_t>(i * n + j)];
                if (std::abs(cell) > std::abs(largest)) largest = cell;
            }
        QCOMPARE(bin.values.front(), largest);
    }

    void rowsColumnsAndCells() {
        const Traced traced("rerope(w=6)+llama4(floor=8)+alibi+window(w=20)");
        Model& model = traced.random.model();
        const std::vector<float> rows =
            need(model.queryRows(traced.result.trace, 0, {7, 40}, nullptr));
        const std::vector<float> columns =
            need(model.keyColumns(traced.result.trace, 0, {7, 40}, nullptr));
        for (std::int64_t i = 0; i < n; ++i) {
            const auto at = static_cast<std::size_t>(n + i);
            QVERIFY(std::abs(static_cast<double>(rows[at]) - traced.weights(0).at(40, i)) < 1e-6);
            QVERIFY(std::abs(static_cast<double>(columns[at]) - traced.weights(0).at(i, 40)) <
                    1e-6);
        }
        const reference::Attention& attention = traced.expected.attentions[0];
        const CellDetail cell = need(model.cell(traced.result.trace, 0, 30, 21));
        QVERIFY(std::abs(cell.similarity - attention.similarity.at(30, 21)) < 1e-9);
        QVERIFY(std::abs(cell.logit - attention.logits.at(30, 21)) < 1e-9);
        QVERIFY(std::abs(cell.logit - cell.scaled - traced.plan.distanceBias[9]) < 1e-12);
        QVERIFY(std::abs(cell.weight - attention.weights.at(30, 21)) < 1e-9);
        std::int64_t rank = 1;
        for (std::int64_t j = 0; j < n; ++j)
            rank += attention.weights.at(30, j) > attention.weights.at(30, 21);
        QCOMPARE(cell.rank, rank);
        QVERIFY(!cell.masked);
        QVERIFY(need(model.cell(traced.result.trace, 0, 30, 5)).masked);
        QVERIFY(need(model.cell(traced.result.trace, 0, 30, 9)).masked);
    }

    void adaptiveCellsAddUp() {
        const Traced traced("rope+adaptive");
        const CellDetail cell = need(traced.random.model().cell(traced.result.trace, 1, 12, 3));
        QVERIFY(std::abs(cell.logit - traced.expected.attentions[1].logits.at(12, 3)) < 1e-9);
    }

    void whatIfIsTheRowPassWithZHeld_data() {
        QTest::addColumn<QString>("scheme");
        for (const char* scheme : {"rope+softmax", "pi+infoscale", "rerope(w=4)+logn",
                                   "cos(s=9)+rope+softmax+streaming(k=2,w=6)", "rope+adaptive"})
            QTest::newRow(scheme) << scheme;
    }

    void whatIfIsTheRowPassWithZHeld() {
        QFETCH(QString, scheme);
        const Traced traced("rope+softmax");
        Model& model = traced.random.model();
        const Plan other = traced.random.plan(scheme.toStdString(), n, n - 2);
        const reference::Attention expected = traced.held(1, other, traced.open);
        const WhatIfResult all = need(model.whatIf(traced.result.trace, 1, other, {}, {}, {}));
        for (std::size_t row = 0; row < n; ++row) {
            if (!traced.open[row]) continue;
            QVERIFY(std::abs(static_cast<double>(all.statistics.entropy[row]) -
                             expected.statistics.entropy[row]) < 1e-5);
        }
        QVERIFY(furthest(wholeMap(model, traced.result.trace, 1, n, &other),
                         expected.weights.values) < 1e-6);
        const WhatIfResult some =
            need(model.whatIf(traced.result.trace, 1, other, {}, {20, 30}, {}));
        for (std::size_t row = 20; row < 30; ++row)
            QCOMPARE(some.statistics.entropy[row], all.statistics.entropy[row]);
        QVERIFY(some.overview.mean.empty());
        const std::vector<float> rows = need(model.queryRows(traced.result.trace, 1, {33}, &other));
        for (std::int64_t key = 0; key < n; ++key)
            QVERIFY(std::abs(static_cast<double>(rows[static_cast<std::size_t>(key)]) -
                             expected.weights.at(33, key)) < 1e-6);
    }

    void hiddenColumnsAreLeftOutAndRowsRenormalised() {
        const Traced traced("rope+infoscale");
        std::vector<std::uint8_t> hidden(n, 0), keys = traced.open;
        for (const std::size_t key : {0U, 1U, 2U, 30U}) {
            hidden[key] = 1;
            keys[key] = 0;
        }
        const reference::Attention expected = traced.held(0, traced.plan, keys);
        QVERIFY(
            furthest(wholeMap(traced.random.model(), traced.result.trace, 0, n, nullptr, hidden),
                     expected.weights.values) < 1e-6);
        const WhatIfResult result =
            need(traced.random.model().whatIf(traced.result.trace, 0, traced.plan, hidden, {}, {}));
        QVERIFY(std::abs(static_cast<double>(result.statistics.entropy[20]) -
                         expected.statistics.entropy[20]) < 1e-5);
    }

    void sampledLogitsAreSimilaritiesOfOpenPairs() {
        const Traced traced("rope+softmax+window(w=12)");
        Model& model = traced.random.model();
        const std::vector<float> sample = need(model.sampleLogits(traced.result.trace, 0, 4000, 5));
        QCOMPARE(sample.size(), std::size_t{4000});
        QCOMPARE(need(model.sampleLogits(traced.result.trace, 0, 4000, 5)), sample);
        QVERIFY(need(model.sampleLogits(traced.result.trace, 0, 4000, 6)) != sample);
        std::vector<float> open;
        for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t j = std::max<std::int64_t>(0, i - 12); j < std::min(n, i + 13); ++j)
                if (traced.open[static_cast<std::size_t>(i)] &&
                    traced.open[static_cast<std::size_t>(j)])
                    open.push_back(
                        static_cast<float>(traced.expected.attentions[0].similarity.at(i, j)));
        std::ranges::sort(open);
        for (const float value : sample) {
            const auto near = std::ranges::lower_bound(open, value - 1e-5F);
            QVERIFY(near != open.end() && std::abs(*near - value) < 2e-5F);
        }
    }

    void tracesAreReleased() {
        const Traced traced("rope+softmax");
        Model& model = traced.random.model();
        QVERIFY(traced.result.traceBytes >= static_cast<std::uint64_t>(n * 8 * 8 * 2));
        model.release(traced.result.trace);
        const auto gone = model.region(traced.request({0}));
        QVERIFY(!gone);
        QCOMPARE(gone.error().code, ErrorCode::NotFound);
    }

    void wrongRequestsAreRefused() {
        const Traced traced("rope+softmax");
        Model& model = traced.random.model();
        RegionRequest request = traced.request({0});
        request.column = 40;
        QCOMPARE(model.region(request).error().code, ErrorCode::OutOfRange);
        request = traced.request({0});
        request.hiddenKeys = {1, 0};
        QCOMPARE(model.region(request).error().code, ErrorCode::Mismatch);
        QCOMPARE(model.region(traced.request({})).error().code, ErrorCode::BadUsage);
        const Plan shorter = traced.random.plan("rope+softmax", n - 1);
        request = traced.request({0});
        request.whatIf = &shorter;
        QCOMPARE(model.region(request).error().code, ErrorCode::Mismatch);
        QCOMPARE(model.cell(traced.result.trace, 0, n, 0).error().code, ErrorCode::OutOfRange);
        QCOMPARE(model.sampleLogits(traced.result.trace, 0, 0, 1).error().code,
                 ErrorCode::OutOfRange);
    }
};

QTEST_GUILESS_MAIN(TestTrace)
#include "tst_trace.moc"
