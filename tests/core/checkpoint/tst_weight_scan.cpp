// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/weight_scan.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <vector>

using namespace isentrope;

class WeightScanTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsWhatIsOdd();
    void warningsNameTensorAndCount_data();
    void warningsNameTensorAndCount();
};

void WeightScanTest::countsWhatIsOdd() {
    const float infinity = std::numeric_limits<float>::infinity();
    const float largest = std::numeric_limits<float>::max();
    const std::vector<float> values = {NAN,       -NAN, infinity, -infinity, 0,       -0.0F,
                                       -65504.0F, 1,    largest,  1e-45F,    65503.0F};
    const ValueScan scan = scanValues(values);
    QCOMPARE(scan.count, 11);
    QCOMPARE(scan.nan, 2);
    QCOMPARE(scan.infinite, 2);
    QCOMPARE(scan.zero, 2);
    QCOMPARE(scan.halfLimit, 1);
}

void WeightScanTest::warningsNameTensorAndCount_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<QList<float>>("values");
    QTest::addColumn<QString>("said");
    const int full = static_cast<int>(ElementType::F32), half = static_cast<int>(ElementType::F16);
    QTest::newRow("fine") << full << QList<float>{1, 0, 2} << "";
    QTest::newRow("NaN") << full << QList<float>{1, NAN, 2} << "w: 1 NaN, of 3 values";
    QTest::newRow("both") << full << QList<float>{INFINITY, NAN, NAN}
                          << "w: 2 NaN, 1 infinite, of 3 values";
    QTest::newRow("zeros") << full << QList<float>{0, 0} << "w: all zero, of 2 values";
    QTest::newRow("clipped half") << half << QList<float>{65504, 1}
                                  << "w: 1 at the limit of fp16 (65,504), of 2 values";
    QTest::newRow("large full") << full << QList<float>{65504, 1} << "";
    QTest::newRow("no elements") << full << QList<float>{} << "";
}

void WeightScanTest::warningsNameTensorAndCount() {
    QFETCH(int, type);
    QFETCH(QList<float>, values);
    QFETCH(QString, said);
    TensorEntry entry;
    entry.name = "w";
    entry.type = static_cast<ElementType>(type);
    const std::vector<float> elements(values.begin(), values.end());
    const auto warning = describeOddValues(entry, scanValues(elements));
    QCOMPARE(warning.has_value(), !said.isEmpty());
    if (warning) QVERIFY2(warning->starts_with(said.toStdString()), warning->c_str());
}

QTEST_APPLESS_MAIN(WeightScanTest)
#include "tst_weight_scan.moc"
