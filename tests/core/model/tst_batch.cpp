// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/model/random_model.h"

#include <QtTest>

#include <cmath>

using namespace isentrope;
using namespace isentrope::test;

/// Many texts, or many plans, at once give what each gives alone.
class TestBatch : public QObject {
    Q_OBJECT

    static void same(Model& model, const ForwardResult& a, const ForwardResult& b) {
        QCOMPARE(a.length, b.length);
        QCOMPARE(a.tokens, b.tokens);
        QCOMPARE(a.layers.size(), b.layers.size());
        for (std::size_t layer = 0; layer < a.layers.size(); ++layer) {
            const std::vector<float>& one = a.layers[layer].statistics.entropy;
            const std::vector<float>& other = b.layers[layer].statistics.entropy;
            for (std::size_t row = 0; row < one.size(); ++row) {
                QCOMPARE(std::isnan(one[row]), std::isnan(other[row]));
                QVERIFY(std::isnan(one[row]) || std::abs(one[row] - other[row]) < 1e-4F);
            }
            const auto mapA = wholeMap(model, a.trace, static_cast<int>(layer), a.length);
            const auto mapB = wholeMap(model, b.trace, static_cast<int>(layer), b.length);
            for (std::size_t cell = 0; cell < mapA.size(); ++cell)
                QVERIFY(std::abs(mapA[cell] - mapB[cell]) < 1e-5F);
        }
        QCOMPARE(a.logits.size(), b.logits.size());
        for (std::size_t i = 0; i < a.logits.size(); ++i)
            QVERIFY(std::abs(a.logits[i] - b.logits[i]) < 1e-4F);
    }

private slots:
    void textsTogetherEqualTextsAlone_data() {
        QTest::addColumn<int>("texts");
        QTest::addColumn<int>("length");
        QTest::addColumn<int>("blockRows");
        QTest::newRow("one") << 1 << 12 << 0;
        QTest::newRow("some") << 5 << 12 << 0;
        QTest::newRow("of one token") << 7 << 1 << 0;
        QTest::newRow("more than a chunk") << 40 << 31 << 0;
        QTest::newRow("blocks inside texts") << 4 << 33 << 8;
    }

    void textsTogetherEqualTextsAlone() {
        QFETCH(int, texts);
        QFETCH(int, length);
        QFETCH(int, blockRows);
        const RandomModel random;
        Model& model = random.model();
        std::vector<std::vector<std::int32_t>> ids;
        std::vector<std::vector<std::uint8_t>> open;
        for (int text = 0; text < texts; ++text) {
            ids.push_back(random.ids(length, static_cast<unsigned>(text)));
            open.emplace_back(static_cast<std::size_t>(length), 1);
            if (length > 2) open.back()[static_cast<std::size_t>(text % length)] = 0;
        }
        const Plan plan = random.plan("rerope(w=5)+infoscale", length);
        RunOptions options;
        options.allLogits = true;
        options.blockRows = blockRows;
        const auto together = need(model.forwardBatch(ids, open, plan, options));
        QCOMPARE(together.size(), ids.size());
        for (std::size_t text = 0; text < ids.size(); ++text)
            same(model, together[text], need(model.forward(ids[text], open[text], plan, options)));
    }

    void plansTogetherEqualPlansAlone() {
        const RandomModel random;
        Model& model = random.model();
        const std::int64_t n = 45;
        std::vector<Plan> plans;
        for (const char* scheme : {"rope+softmax", "pi+logn", "cos(s=7)+rerope(w=6)+infoscale",
                                   "rope+softmax+streaming(k=2,w=9)", "rope+adaptive"})
            plans.push_back(random.plan(scheme, n));
        for (const std::int64_t blockRows : {0, 16}) {
            RunOptions options;
            options.allLogits = true;
            options.blockRows = blockRows;
            const auto together = need(model.forwardPlans(random.ids(n), {}, plans, options));
            QCOMPARE(together.size(), plans.size());
            for (std::size_t i = 0; i < plans.size(); ++i) {
                QCOMPARE(together[i].plan.scheme, plans[i].scheme);
                same(model, together[i], need(model.forward(random.ids(n), {}, plans[i], options)));
            }
        }
    }

    void nothingGivesNothing() {
        const RandomModel random;
        const Plan plan = random.plan("rope+softmax", 4);
        QVERIFY(need(random.model().forwardBatch({}, {}, plan, {})).empty());
        QVERIFY(need(random.model().forwardPlans(random.ids(4), {}, {}, {})).empty());
    }

    void textsOfTwoLengthsAreRefused() {
        const RandomModel random;
        const auto refused = random.model().forwardBatch({random.ids(4), random.ids(5)}, {},
                                                         random.plan("rope+softmax", 4), {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Mismatch);
    }
};

QTEST_GUILESS_MAIN(TestBatch)
#include "tst_batch.moc"
