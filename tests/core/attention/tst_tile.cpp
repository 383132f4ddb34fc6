// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/attention/attention_cases.h"

#include <QtTest>

#include <cmath>

using namespace isentrope;

class TileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isACutOfTheMap_data();
    void isACutOfTheMap();
    void takesTheLogSumExpOfThePass();
};

void TileTest::isACutOfTheMap_data() {
    QTest::addColumn<QString>("shape");
    QTest::addColumn<QString>("open");
    QTest::addColumn<Span>("rows");
    QTest::addColumn<Span>("columns");
    for (const std::string& shape : planShapes()) {
        for (const char* open : {"all", "end", "holes"}) {
            const auto add = [&](const char* what, Span rows, Span columns) {
                QTest::addRow("%s %s %s", shape.c_str(), open, what)
                    << QString::fromStdString(shape) << QString(open) << rows << columns;
            };
            add("whole", {0, 90}, {0, 90});
            add("inside", {20, 55}, {31, 80});
            add("cell", {44, 45}, {40, 41});
            add("column", {0, 90}, {0, 1});
            add("padding", {70, 90}, {61, 90});
        }
    }
}

void TileTest::isACutOfTheMap() {
    QFETCH(QString, shape);
    QFETCH(QString, open);
    QFETCH(Span, rows);
    QFETCH(Span, columns);
    const Plan plan = planOf(shape.toStdString(), 90);
    const auto keys = openKeys(open.toStdString(), 90);
    const auto similarity = randomSimilarities(90, 2);
    const auto expected = reference::attend(similarity, plan, keys, {});
    const std::int64_t stride = columns.end - columns.begin + 3;
    std::vector<double> values(static_cast<std::size_t>((rows.end - rows.begin) * stride), 77);
    const auto cell = [&](std::int64_t i, std::int64_t j) -> double& {
        return values[static_cast<std::size_t>((i - rows.begin) * stride + j - columns.begin)];
    };
    for (std::int64_t i = rows.begin; i < rows.end; ++i)
        for (std::int64_t j = columns.begin; j < columns.end; ++j)
            cell(i, j) = similarity.at(i, j);
    const Tile<double> tile = {values.data(),         stride,        rows.begin,
                               rows.end - rows.begin, columns.begin, columns.end - columns.begin};
    finishTile<double>(RowPlan<double>::from(plan), keys, expected.logSumExp, expected.beta, tile);
    for (std::int64_t i = rows.begin; i < rows.end; ++i) {
        for (std::int64_t j = columns.begin; j < columns.end; ++j)
            QVERIFY(std::abs(cell(i, j) - expected.weights.at(i, j)) < 1e-12);
        QCOMPARE(cell(i, columns.end), 77.0); // what lies between the rows is left alone
    }
}

void TileTest::takesTheLogSumExpOfThePass() {
    const std::int64_t n = 70;
    for (const std::string& shape : planShapes()) {
        const Plan plan = planOf(shape, n);
        const auto keys = openKeys("middle", n);
        const auto similarity = randomSimilarities(n, 1);
        const auto pass = runPass<float>(similarity, plan, keys, {}, n);
        std::vector<float> values(similarity.values.begin(), similarity.values.end());
        const Tile<float> tile = {values.data(), n, 0, n, 0, n};
        finishTile<float>(RowPlan<float>::from(plan), keys, pass.logSumExp, pass.rowScale, tile);
        for (std::size_t at = 0; at < values.size(); ++at)
            QVERIFY(std::abs(values[at] - pass.weights[at]) < 1e-6F);
    }
}

QTEST_GUILESS_MAIN(TileTest)
#include "tst_tile.moc"
