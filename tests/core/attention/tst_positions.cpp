// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/positions.h"
#include "tests/core/attention/reference_attention.h"

#include <QtTest>

#include <cmath>
#include <cstdlib>
#include <numeric>

using namespace isentrope;

namespace {

constexpr std::int64_t length = 40;
constexpr std::size_t planes = 4;

Plan planWith(PositionPlan::Rule rule, double w, double k, double g) {
    Plan plan;
    plan.length = plan.tokens = length;
    plan.keySize = 2 * static_cast<int>(planes);
    plan.position = {rule, w, k, g, {1, 0.3, 0.05, 0.002}, 1.1};
    return plan;
}

std::vector<double> vectorOf(std::int64_t seed) {
    std::vector<double> values;
    for (std::size_t c = 0; c < 2 * planes; ++c)
        values.push_back(std::sin(static_cast<double>(seed) * 1.7 + static_cast<double>(c) * 0.9));
    return values;
}

/// Planes (2p, 2p + 1) turned by one row of a table; halves: the first coordinates in front.
std::vector<double> rotated(const std::vector<double>& x, const RotationTable<double>& table,
                            std::size_t row, bool halves) {
    std::vector<double> result = x;
    for (std::size_t p = 0; p < planes; ++p) {
        const double c = table.cosine[row * planes + p], s = table.sine[row * planes + p];
        result[halves ? p : 2 * p] = x[2 * p] * c - x[2 * p + 1] * s;
        result[halves ? planes + p : 2 * p + 1] = x[2 * p] * s + x[2 * p + 1] * c;
    }
    return result;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// The product of one pair, as a kernel makes it from tables.
double kernelProduct(const Plan& plan, const FarPositions& far, std::int64_t i, std::int64_t j) {
    const auto q = vectorOf(i), k = vectorOf(100 + j);
    const auto d = static_cast<double>(i - j);
    if (!far.needed || std::abs(i - j) < far.nearBelow) {
        const std::vector<double> positions = {static_cast<double>(i), static_cast<double>(j)};
        const auto table = rotationTable<double>(plan.position, positions);
        return dot(rotated(q, table, 0, false), rotated(k, table, 1, false));
    }
    const double sign = far.sameSign ? 1 : d > 0 ? 1 : d < 0 ? -1 : 0;
    const std::vector<double> positions = {far.position[static_cast<std::size_t>(i)] +
                                               sign * far.offset,
                                           far.position[static_cast<std::size_t>(j)]};
    const auto table = rotationTable<double>(plan.position, positions);
    if (far.rawKey) return dot(rotated(q, table, 0, true), k);
    return dot(rotated(q, table, 0, false), rotated(k, table, 1, false));
}

} // namespace

class PositionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void twoPiecesMakeEveryRule_data();
    void twoPiecesMakeEveryRule();
    void oneProductWhereNothingIsFar_data();
    void oneProductWhereNothingIsFar();
    void sinksStandWhereTheMaskSays_data();
    void sinksStandWhereTheMaskSays();
    void tablesAreRoundedOnce();
};

void PositionsTest::twoPiecesMakeEveryRule_data() {
    QTest::addColumn<int>("rule");
    QTest::addColumn<double>("w");
    QTest::addColumn<double>("k");
    QTest::addColumn<double>("g");
    using Rule = PositionPlan::Rule;
    const auto add = [](const char* name, Rule rule, double w, double k, double g) {
        QTest::newRow(name) << static_cast<int>(rule) << w << k << g;
    };
    add("plain", Rule::Plain, 0, 1, 1);
    add("rerope", Rule::ReRope, 8, 1, 1);
    add("rerope, nothing near", Rule::ReRope, 0, 1, 1);
    add("rerope, half a token", Rule::ReRope, 7.5, 1, 1);
    add("rerope, all near", Rule::ReRope, length, 1, 1);
    add("leaky", Rule::Leaky, 8, 16, 1);
    add("leaky, no leak", Rule::Leaky, 8, 1, 1);
    add("self-extend", Rule::SelfExtend, 9, 1, 4);
    add("self-extend, groups of one", Rule::SelfExtend, 9, 1, 1);
    add("reference code", Rule::ReRopeRef, 6, 1, 1);
}

void PositionsTest::twoPiecesMakeEveryRule() {
    QFETCH(int, rule);
    QFETCH(double, w);
    QFETCH(double, k);
    QFETCH(double, g);
    const Plan plan = planWith(static_cast<PositionPlan::Rule>(rule), w, k, g);
    const FarPositions far = farPositions(plan);
    reference::Matrix q(length, 2 * planes), key(length, 2 * planes);
    for (std::int64_t i = 0; i < length; ++i) {
        for (std::size_t c = 0; c < 2 * planes; ++c) {
            q.at(i, static_cast<std::int64_t>(c)) = vectorOf(i)[c];
            key.at(i, static_cast<std::int64_t>(c)) = vectorOf(100 + i)[c];
        }
    }
    const reference::Matrix expected = reference::similarities(q, key, plan);
    for (std::int64_t i = 0; i < length; ++i)
        for (std::int64_t j = 0; j < length; ++j)
            QVERIFY(std::abs(kernelProduct(plan, far, i, j) / std::sqrt(2.0 * planes) -
                             expected.at(i, j)) < 1e-12);
}

void PositionsTest::oneProductWhereNothingIsFar_data() {
    QTest::addColumn<double>("w");
    QTest::addColumn<bool>("needed");
    QTest::newRow("window of the whole length") << double{length} << false;
    QTest::newRow("wider than the length") << 1e6 << false;
    QTest::newRow("just too narrow") << double{length - 1} << true;
    QTest::newRow("part of a token too narrow") << length - 0.5 << false;
}

void PositionsTest::oneProductWhereNothingIsFar() {
    QFETCH(double, w);
    QFETCH(bool, needed);
    QCOMPARE(farPositions(planWith(PositionPlan::Rule::ReRope, w, 1, 1)).needed, needed);
}

void PositionsTest::sinksStandWhereTheMaskSays_data() {
    QTest::addColumn<bool>("capped");
    QTest::addColumn<std::int64_t>("i");
    QTest::addColumn<std::int64_t>("j");
    QTest::addColumn<double>("distance");
    const auto add = [](const char* name, bool capped, std::int64_t i, std::int64_t j, double d) {
        QTest::newRow(name) << capped << i << j << d;
    };
    add("key 0 of 4 behind 63", false, 500, 0, 67);
    add("key 3 of 4 behind 63", false, 500, 3, 64);
    add("query 1 looks ahead", false, 1, 300, -66);
    add("capped key", true, 500, 2, 63);
    add("capped query", true, 2, 500, -63);
}

void PositionsTest::sinksStandWhereTheMaskSays() {
    QFETCH(bool, capped);
    QFETCH(std::int64_t, i);
    QFETCH(std::int64_t, j);
    QFETCH(double, distance);
    MaskPlan mask;
    mask.window = 63;
    mask.sinks = 4;
    mask.farSinks = capped ? MaskPlan::FarSinks::Capped : MaskPlan::FarSinks::Behind;
    QCOMPARE(farSinkDistance(mask, i, j), distance);
    Plan plan = planWith(PositionPlan::Rule::Plain, 0, 1, 1);
    plan.mask = mask;
    QCOMPARE(reference::relativePosition(plan, i, j), distance);
}

void PositionsTest::tablesAreRoundedOnce() {
    const Plan plan = planWith(PositionPlan::Rule::Plain, 0, 1, 1);
    const std::vector<double> positions = {131071};
    const auto table = rotationTable<float>(plan.position, positions);
    for (std::size_t p = 0; p < planes; ++p) {
        const double angle = 131071 * plan.position.angles[p];
        QCOMPARE(table.cosine[p], static_cast<float>(1.1 * std::cos(angle)));
        QCOMPARE(table.sine[p], static_cast<float>(1.1 * std::sin(angle)));
    }
}

QTEST_GUILESS_MAIN(PositionsTest)
#include "tst_positions.moc"
