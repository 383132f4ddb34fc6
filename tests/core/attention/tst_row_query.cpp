// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/row_query.h"

#include <QtTest>

using namespace isentrope;

class RowQueryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ranksCountFromTheLargest_data();
    void ranksCountFromTheLargest();
    void largestComeFirst();
    void nextLargerClimbsOneRank();
    void hiddenKeysTakeTheirMass();

private:
    const std::vector<float> m_row = {0.1F, 0.4F, 0.1F, 0.0F, 0.25F, 0.15F};
};

void RowQueryTest::ranksCountFromTheLargest_data() {
    QTest::addColumn<std::int64_t>("column");
    QTest::addColumn<std::int64_t>("rank");
    QTest::newRow("largest") << std::int64_t{1} << std::int64_t{1};
    QTest::newRow("second") << std::int64_t{4} << std::int64_t{2};
    QTest::newRow("first of equals") << std::int64_t{0} << std::int64_t{4};
    QTest::newRow("second of equals") << std::int64_t{2} << std::int64_t{5};
    QTest::newRow("smallest") << std::int64_t{3} << std::int64_t{6};
}

void RowQueryTest::ranksCountFromTheLargest() {
    QFETCH(std::int64_t, column);
    QFETCH(std::int64_t, rank);
    QCOMPARE(rankInRow(m_row, column), rank);
    const auto order = largestColumns(m_row, 6);
    QCOMPARE(order[static_cast<std::size_t>(rank - 1)], column);
}

void RowQueryTest::largestComeFirst() {
    QCOMPARE(largestColumns(m_row, 3), (std::vector<std::int64_t>{1, 4, 5}));
    QCOMPARE(largestColumns(m_row, 0).size(), std::size_t{0});
    QCOMPARE(largestColumns(m_row, -1).size(), std::size_t{0});
    QCOMPARE(largestColumns(m_row, 100).size(), m_row.size());
}

void RowQueryTest::nextLargerClimbsOneRank() {
    QVERIFY(!nextLarger(m_row, 1).has_value());
    QCOMPARE(nextLarger(m_row, 3).value(), std::int64_t{2});
    QCOMPARE(nextLarger(m_row, 2).value(), std::int64_t{0});
    QCOMPARE(nextLarger(m_row, 0).value(), std::int64_t{5});
}

void RowQueryTest::hiddenKeysTakeTheirMass() {
    const std::vector<std::uint8_t> hidden = {0, 1, 0, 1, 1, 0};
    QVERIFY(std::abs(hiddenMass(m_row, hidden) - 0.65) < 1e-7);
    QCOMPARE(hiddenMass(m_row, {}), 0.0);
}

QTEST_GUILESS_MAIN(RowQueryTest)
#include "tst_row_query.moc"
