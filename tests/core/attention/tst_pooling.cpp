// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/pooling.h"
#include "core/attention/quantile.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace isentrope;

namespace {

/// rows x columns cells, of both signs.
std::vector<float> cellsOf(std::int64_t rows, std::int64_t columns) {
    std::vector<float> cells;
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < columns; ++j)
            cells.push_back(static_cast<float>((i * 37 + j * 101) % 64 - 40) / 8);
    return cells;
}

float pooledCell(const std::vector<float>& cells, std::int64_t rows, std::int64_t columns,
                 std::int64_t stride, std::int64_t r, std::int64_t c, PoolRule rule) {
    double sum = 0, count = 0;
    float most = -1e9F, largest = 0;
    for (std::int64_t i = r * stride; i < std::min(rows, (r + 1) * stride); ++i) {
        for (std::int64_t j = c * stride; j < std::min(columns, (c + 1) * stride); ++j) {
            const float cell = cells[static_cast<std::size_t>(i * columns + j)];
            sum += double{cell};
            ++count;
            most = std::max(most, cell);
            if (std::abs(cell) > std::abs(largest)) largest = cell;
        }
    }
    if (rule == PoolRule::Mean) return static_cast<float>(sum / count);
    return rule == PoolRule::Max ? most : largest;
}

} // namespace

class PoolingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void binsHoldTheirCells_data();
    void binsHoldTheirCells();
    void differencesKeepTheirSign();
    void ratiosAreFinite();
    void quantilesAreLinear_data();
    void quantilesAreLinear();
};

void PoolingTest::binsHoldTheirCells_data() {
    QTest::addColumn<std::int64_t>("rows");
    QTest::addColumn<std::int64_t>("columns");
    QTest::addColumn<std::int64_t>("side");
    QTest::addColumn<std::int64_t>("stride");
    const auto add = [](const char* name, std::int64_t rows, std::int64_t columns,
                        std::int64_t side, std::int64_t stride) {
        QTest::newRow(name) << rows << columns << side << stride;
    };
    add("exact cells", 9, 12, 12, 1);
    add("even bins", 12, 12, 4, 3);
    add("bins cut at the end", 13, 29, 10, 3);
    add("one bin", 13, 29, 1, 29);
    add("one row", 1, 100, 7, 15);
    add("one column", 100, 1, 7, 15);
    add("side below one", 5, 5, 0, 5);
}

void PoolingTest::binsHoldTheirCells() {
    QFETCH(std::int64_t, rows);
    QFETCH(std::int64_t, columns);
    QFETCH(std::int64_t, side);
    QFETCH(std::int64_t, stride);
    const std::vector<float> cells = cellsOf(rows, columns);
    for (const PoolRule rule : {PoolRule::Mean, PoolRule::Max, PoolRule::LargestInSize}) {
        RectanglePool pool(rows, columns, side, rule);
        for (std::int64_t row = 0; row < rows; row += 4)
            pool.add(cells.data() + row * columns, columns, std::min<std::int64_t>(4, rows - row));
        const PooledRectangle& result = pool.result();
        QCOMPARE(result.stride, stride);
        QCOMPARE(result.rows, (rows + stride - 1) / stride);
        QCOMPARE(result.columns, (columns + stride - 1) / stride);
        for (std::int64_t r = 0; r < result.rows; ++r)
            for (std::int64_t c = 0; c < result.columns; ++c)
                QVERIFY(std::abs(result.values[static_cast<std::size_t>(r * result.columns + c)] -
                                 pooledCell(cells, rows, columns, stride, r, c, rule)) < 2e-6F);
    }
}

void PoolingTest::differencesKeepTheirSign() {
    std::vector<float> a = {0.125F, 0.0F, 0.5F, 0.375F};
    const std::vector<float> b = {0.75F, 0.25F, 0.0F, 0.375F};
    subtract(a, b);
    RectanglePool pool(2, 2, 1, PoolRule::LargestInSize);
    pool.add(a.data(), 2, 2);
    QCOMPARE(pool.result().values.front(), -0.625F);
    RectanglePool mean(2, 2, 1, PoolRule::Mean);
    mean.add(a.data(), 2, 2);
    QCOMPARE(mean.result().values.front(), -0.09375F);
}

void PoolingTest::ratiosAreFinite() {
    std::vector<float> a = {0.5F, 0.0F, 0.25F, 0.0F};
    const std::vector<float> b = {0.25F, 0.0F, 0.0F, 0.125F};
    logRatio(a, b);
    QVERIFY(std::abs(a[0] - std::log(2.0F)) < 1e-6F);
    QCOMPARE(a[1], 0.0F);
    QVERIFY(std::isfinite(a[2]) && a[2] > 80);
    QVERIFY(std::isfinite(a[3]) && a[3] < -80);
}

void PoolingTest::quantilesAreLinear_data() {
    QTest::addColumn<double>("share");
    QTest::addColumn<double>("value");
    QTest::newRow("lowest") << 0.0 << 1.0;
    QTest::newRow("quarter") << 0.25 << 2.5;
    QTest::newRow("median") << 0.5 << 5.5;
    QTest::newRow("three quarters") << 0.75 << 10.0;
    QTest::newRow("highest") << 1.0 << 16.0;
}

void PoolingTest::quantilesAreLinear() {
    QFETCH(double, share);
    QFETCH(double, value);
    const std::vector<double> values = {1, 3, 8, 16};
    QCOMPARE(quantile(values, share), value);
    QCOMPARE(quantile(std::vector<double>{4}, share), 4.0);
    QVERIFY(std::isnan(quantile({}, share)));
}

QTEST_GUILESS_MAIN(PoolingTest)
#include "tst_pooling.moc"
