// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/formula.h"

#include <QtTest>

#include <cmath>

using namespace isentrope;

namespace {

Formula::Grammar grammar(bool extended) {
    Formula::Grammar names;
    names.names = {{"n", 0}, {"L", 1}, {"d", 2}, {"t", 3}, {"i", 4}, {"L0", 1, true}};
    names.extended = extended;
    names.indexSlot = 5;
    return names;
}

const std::array<double, 6> values = {4096, 64, 128, 3, 7, 0};

} // namespace

class FormulaTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void values_data();
    void values();
    void problems_data();
    void problems();
    void tablesAgreeWithSingleValues_data();
    void tablesAgreeWithSingleValues();
    void notANumberIsNeverHidden();
    void depthAndLengthAreBounded();
    void sumsAreBounded();
    void laterNamesHideEarlierOnes();
    void definitionsStandForTheirFormula();
};

void FormulaTest::values_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("extended");
    QTest::addColumn<double>("expected");
    const auto row = [](const char* text, double expected, bool extended = false) {
        QTest::newRow(text) << QString(text) << extended << expected;
    };
    row("1.5", 1.5);
    row(".5", 0.5);
    row("2e3", 2000);
    row("1 + 2 * 3", 7);
    row("(1 + 2) * 3", 9);
    row("10 - 4 - 3", 3);
    row("24 / 4 / 2", 3);
    row("2 ^ 3 ^ 2", 512);
    row("-2 ^ 2", -4);
    row("(-2) ^ 2", 4);
    row("2 ^ -1", 0.5);
    row("2 ^ -1 * 4", 2);
    row("--3", 3);
    row("2 - -3", 5);
    row("n / L", 64);
    row("L0", 64);
    row("ln(n) / ln(L0)", 2);
    row("log2(n)", 12);
    row("exp(0) + sqrt(d / 2) + abs(-2)", 11);
    row("min(t, i) + max(t, i)", 10);
    row("floor(2.9) + floor(-2.1)", -1);
    row("ceil(2.1) + round(2.5) + round(-2.5)", 3, true);
    row("cos(pi) + sin(0)", -1, true);
    row("if(t < i, 10, 20) + if(t >= i, 1, 2)", 12, true);
    row("(3 <= 3) + (3 > 3)", 1, true);
    row("sum(j, 1, 4, j * t)", 30, true);
    row("sum(j, 5, 4, 1)", 0, true);
    row("1 + sum(j, 0, 2, 2 ^ j) * 2", 15, true);
}

void FormulaTest::values() {
    QFETCH(QString, text);
    QFETCH(bool, extended);
    QFETCH(double, expected);
    const auto formula = Formula::parse(text.toStdString(), grammar(extended));
    QVERIFY2(formula.has_value(), formula ? "" : formula.error().message.c_str());
    QCOMPARE(formula->value(::values), expected);
}

void FormulaTest::problems_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("column");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* text, int column, const char* message) {
        QTest::newRow(text) << QString(text) << column << QString(message);
    };
    row("", 1, "expected a number, a name or `(`, found the end");
    row("ln(n) / m", 9, "unknown `m`; known are n, L, d, t, i");
    row("sqtr(n)", 1, "unknown `sqtr`; known are n, L, d, t, i; did you mean `sqrt`?");
    row("ln n", 4, "expected `(` after `ln`, found `n`");
    row("2n", 2, "expected an operator or the end, found `n`");
    row("(1 + 2", 7, "expected `)`, found the end");
    row("1 + ", 5, "expected a number, a name or `(`, found the end");
    row("1 +* 2", 4, "expected a number, a name or `(`, found `*`");
    row("min(1)", 6, "expected `,`: min takes 2 values, found `)`");
    row("ln(1, 2)", 5, "expected `)`, found `,`");
    row("1e999", 1, "the number does not fit in double precision");
    row("n = 3", 3, "expected an operator or the end, found `=`");
    row("cos(t)", 1, "unknown `cos`; known are n, L, d, t, i");
    row("t < i", 3, "expected an operator or the end, found `<`");
    row("π * t", 1, "expected a number, a name or `(`, found `π`");
    row("t + π", 5, "expected a number, a name or `(`, found `π`");
    row("ln(ü)", 4, "expected a number, a name or `(`, found `ü`");
    row(".", 1, "expected a number, found `.`");
}

void FormulaTest::problems() {
    QFETCH(QString, text);
    QFETCH(int, column);
    QFETCH(QString, message);
    const auto formula = Formula::parse(text.toStdString(), grammar(false));
    QVERIFY(!formula.has_value());
    QCOMPARE(static_cast<int>(formula.error().column), column);
    QCOMPARE(QString::fromStdString(formula.error().message), message);
}

void FormulaTest::tablesAgreeWithSingleValues_data() {
    QTest::addColumn<QString>("text");
    for (const char* text :
         {"t", "ln(n)", "sqrt(2 * ln(t / 10 + 1) + 1)", "if(t > 130, t, n)", "if(n > 1, 2, t)",
          "sum(j, 1, 5, cos(t * 10 ^ -j))", "1 - t ^ 0.5 / (t + 1)", "max(n, t) - min(t, 200)"})
        QTest::newRow(text) << QString(text);
}

void FormulaTest::tablesAgreeWithSingleValues() {
    QFETCH(QString, text);
    const auto formula = Formula::parse(text.toStdString(), grammar(true));
    QVERIFY(formula.has_value());
    std::vector<double> table(300); // more than two blocks, the last one not full
    formula->fill(::values, 3, table);
    auto single = ::values;
    for (std::size_t t = 0; t < table.size(); ++t) {
        single[3] = static_cast<double>(t);
        QCOMPARE(table[t], formula->value(single));
    }
}

void FormulaTest::notANumberIsNeverHidden() {
    for (const char* text : {"min(1, sqrt(-1))", "max(sqrt(-1), 1)", "min(sqrt(-1), 1)"})
        QVERIFY(std::isnan(Formula::parse(text, grammar(false))->value(::values)));
}

void FormulaTest::depthAndLengthAreBounded() {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '(') + "n" + std::string(depth, ')');
    };
    QVERIFY(Formula::parse(nested(40), grammar(false)).has_value());
    QVERIFY(!Formula::parse(nested(100), grammar(false)).has_value());
    QVERIFY(!Formula::parse(std::string(1000, '-') + "n", grammar(false)).has_value());
    QVERIFY(!Formula::parse(std::string(100'000, ' ') + "n", grammar(false)).has_value());
    std::string waiting = "n";
    for (int more = 0; more < 40; ++more)
        waiting = "n+(" + waiting + ")";
    const auto refused = Formula::parse(waiting, grammar(false));
    QVERIFY(!refused.has_value());
    QCOMPARE(refused.error().message, std::string("the formula is nested too deep"));
    std::string wide = "n";
    for (int more = 0; more < 400; ++more)
        wide += "+n";
    QCOMPARE(Formula::parse(wide, grammar(false))->value(::values), 401 * 4096.0);
}

void FormulaTest::sumsAreBounded() {
    for (const char* text :
         {"sum(j, 1, 1e12, j)", "sum(j, -1e300, 1e300, j)", "sum(j, sqrt(-1), 1, j)"})
        QVERIFY(std::isnan(Formula::parse(text, grammar(true))->value(::values)));
    QVERIFY(!Formula::parse("sum(j, 1, 2, sum(k, 1, 2, 1))", grammar(true)).has_value());
}

void FormulaTest::laterNamesHideEarlierOnes() {
    Formula::Grammar names = grammar(true);
    names.names.push_back({"L", 2});
    names.names.push_back({"floor", 3});
    QCOMPARE(Formula::parse("L + L0", names)->value(::values), 192.0);
    QCOMPARE(Formula::parse("floor(2.5) + floor", names)->value(::values), 5.0);
}

void FormulaTest::definitionsStandForTheirFormula() {
    Formula::Grammar names = grammar(true);
    names.definitions.push_back({"stretch", *Formula::parse("n / L", names)});
    names.definitions.push_back({"twice", *Formula::parse("2 * stretch", names)});
    const auto formula = Formula::parse("1 + twice ^ 2", names);
    QVERIFY(formula.has_value());
    QCOMPARE(formula->value(::values), 16385.0);
    QVERIFY(formula->uses(0));
    QVERIFY(!formula->uses(3));
}

QTEST_APPLESS_MAIN(FormulaTest)
#include "tst_formula.moc"
