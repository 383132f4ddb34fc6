// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheme_testing.h"

#include "core/scheme/axis.h"

#include <algorithm>

using namespace isentrope;

namespace {

const Catalogue& catalogue() {
    return Catalogue::builtIn();
}

QStringList texts(const std::vector<std::string>& all) {
    QStringList list;
    for (const std::string& one : all)
        list << QString::fromStdString(one);
    return list;
}

} // namespace

class NotationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void printsCanonically_data();
    void printsCanonically();
    void namesTheProblem_data();
    void namesTheProblem();
    void everyEntryComesBack_data();
    void everyEntryComesBack();
    void everyParameterComesBack_data();
    void everyParameterComesBack();
    void partsStandInAnyOrder();
    void formulasKeepTheirText();
    void listsSplitOutsideQuotes_data();
    void listsSplitOutsideQuotes();
    void completes_data();
    void completes();
    void problemsOfferWhatFits();
    void longTextIsRefused();
};

void NotationTest::printsCanonically_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("printed");
    const auto row = [](const char* text, const char* printed) {
        QTest::newRow(text) << QString(text) << QString(printed);
    };
    row("", "rope+softmax");
    row("logn", "rope+logn");
    row("pi", "pi+softmax");
    row("softmax + rope", "rope+softmax");
    row("infoscale+cos(s=16)+pi", "cos(s=16)+pi+infoscale");
    row("alibi+nope", "nope+softmax+alibi");
    row("none+full+rope", "rope+softmax");
    row("dot+rope", "dot+rope+softmax");
    row("cos+rope", "cos+rope+softmax");
    row("rope(base=10000)", "rope+softmax");
    row("rope(base=1e4)", "rope+softmax");
    row("rope()", "rope+softmax");
    row("rope(base=500000)", "rope(base=500000)+softmax");
    row(" yarn ( slow = 1 , fast = 16 , mscale = 0 ) ", "yarn(fast=16,mscale=0)+softmax");
    row("rerope(w=32)+infoscale", "rerope(w=32)+infoscale");
    row("logn(L=64)", "rope+logn(L=64)");
    row("softmax-plus(L=512)", "rope+softmax-plus");
    row("p-rope(p=0.25)+scale-invariant(tau=10)", "p-rope+scale-invariant");
    row("window(w=63)", "rope+softmax+window(w=63)");
    row("streaming(w=10,k=4)", "rope+softmax+streaming(w=10)");
    row("constant(c=0.1)", "rope+constant(c=0.1)");
    row("alibi(slope=0.00390625)", "rope+softmax+alibi");
    row("alibi(slope=-0)", "rope+softmax+alibi(slope=0)");
    row("temperature(\" ln(n) / ln(L) \")", "rope+temperature(\"ln(n) / ln(L)\")");
    row("bias(\"-t + 1\")+temperature(\"1 ; -t\")",
        "rope+temperature(\"1 ; -t\")+bias(\"-t + 1\")");
}

void NotationTest::printsCanonically() {
    QFETCH(QString, text);
    QFETCH(QString, printed);
    const auto scheme = parseNotation(text.toStdString(), catalogue());
    QVERIFY2(scheme.has_value(), scheme ? "" : scheme.error().message.c_str());
    const std::string once = canonical(*scheme, catalogue());
    QCOMPARE(QString::fromStdString(once), printed);
    QCOMPARE(canonical(*parseNotation(once, catalogue()), catalogue()), once);
}

void NotationTest::namesTheProblem_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* text, const char* message) {
        QTest::newRow(text) << QString(text) << QString(message);
    };
    row("logn+ropee", "column 6: no position is called `ropee`; did you mean `rope`?");
    row("rope+sotfmax", "column 6: no temperature is called `sotfmax`; did you mean `softmax`?");
    row("logn+scale-invariant", "column 6: a scheme has one temperature; `logn` is already there "
                                "(and both sharpen with n)");
    row("softmax+logn", "column 9: a scheme has one temperature; `softmax` is already there");
    row("rope+pi", "column 6: a scheme has one position; `rope` is already there");
    row("temperature(\"1\")+logn",
        "column 18: a scheme has one temperature; `temperature` is already there");
    row("banana", "column 1: no part is called `banana`; the catalogue lists the names");
    row("Rope", "column 1: names are lower case; did you mean `rope`?");
    row("RÖPE", "column 1: no part is called `RÖPE`; the catalogue lists the names");
    row("rope+", "column 6: expected the name of a part, found the end");
    row("+rope", "column 1: expected the name of a part, found `+`");
    row("rope++pi", "column 6: expected the name of a part, found `+`");
    row("rope softmax", "column 6: expected `+` or the end, found `s`");
    row("rope,pi", "column 5: expected `+` or the end, found `,`");
    row("rope)", "column 5: expected `+` or the end, found `)`");
    row("cos(16)+rope", "column 5: a parameter is written key=value, as in `s=16`");
    row("rope(bas=3)",
        "column 6: `rope` has no parameter `bas`; it has base; did you mean `base`?");
    row("logn(l=64)", "column 6: `logn` has no parameter `l`; it has L; did you mean `L`?");
    row("rope(base)", "column 10: expected `=` and a number after `base`, found `)`");
    row("rope(base=)", "column 11: expected a number for base, found `)`");
    row("rope(base=x)", "column 11: expected a number for base, found `x`");
    row("rope(base=inf)", "column 11: expected a number for base, found `i`");
    row("rope(base=nan)", "column 11: expected a number for base, found `n`");
    row("rope(base=1e999)", "column 11: rope: base is 1e999; expected a number from 1 to 1e+15");
    row("rope(base=3 4)", "column 13: expected `,` or `)`, found `4`");
    row("rope(base=3", "column 12: expected `,` or `)`, found the end");
    row("rerope(w=3,w=4)", "column 12: `w` is given twice; expected it once");
    row("rerope(w=3.5)",
        "column 10: rerope: w is 3.5; expected a whole number from 0 to 1000000000");
    row("window(w=-1)", "column 10: window: w is -1; expected a whole number from 0 to 1000000000");
    row("p-rope(p=1.5)", "column 10: p-rope: p is 1.5; expected a number from 0 to 1");
    row("sandwich(dim=3)",
        "column 14: sandwich: dim is 3; expected a multiple of 2 from 2 to 1024");
    row("kerple-power(r2=0)",
        "column 17: kerple-power: r2 is 0; expected a number from 1e-09 to 2");
    row("softmax(x=1)", "column 9: `softmax` takes no parameters; expected `)`");
    row("temperature", "column 12: expected temperature(\"FORMULA\"), found the end");
    row("temperature(2)", "column 13: expected temperature(\"FORMULA\"), found `2`");
    row("temperature(\"2", "column 13: the formula is not closed; expected a second `\"`");
    row("temperature(\"2\"", "column 16: expected `)`, found the end");
    row("temperature(\"\")", "column 14: expected a number, a name or `(`, found the end");
    row("temperature(\"ln(n) / m\")", "column 22: unknown `m`; known are n, L, d, t, i");
    row("temperature(\"1 ; m\")", "column 18: unknown `m`; known are n, L, d, t, i");
    row("temperature(\"t * i\")",
        "column 18: a factor depends on the distance t or on the row i, not on both");
    row("bias(\"t ; 1\")", "column 9: a bias is one formula; a pair \"a ; m\" is a temperature");
    row("bias(\"t + i\")", "column 11: a bias depends on the distance t, not on the row i: what "
                           "is added to a whole row changes nothing");
    row("position(\"t\")", "column 1: no part is called `position`; the catalogue lists the names");
}

void NotationTest::namesTheProblem() {
    QFETCH(QString, text);
    QFETCH(QString, message);
    const auto scheme = parseNotation(text.toStdString(), catalogue());
    QVERIFY(!scheme.has_value());
    QCOMPARE(QString::fromStdString(scheme.error().message), message);
    const std::string column = "column " + std::to_string(scheme.error().column) + ": ";
    QVERIFY(scheme.error().message.starts_with(column));
    const auto error = parseScheme(text.toStdString(), catalogue());
    QCOMPARE(error.error().code, ErrorCode::BadNotation);
    QVERIFY(error.error().message.ends_with(message.toStdString()));
}

void NotationTest::everyEntryComesBack_data() {
    QTest::addColumn<QString>("id");
    for (const Entry& entry : catalogue().entries())
        QTest::newRow(entry.id.c_str()) << QString::fromStdString(entry.id);
}

void NotationTest::everyEntryComesBack() {
    QFETCH(QString, id);
    const auto scheme = parseNotation(id.toStdString(), catalogue());
    QVERIFY(scheme.has_value());
    const std::string printed = canonical(*scheme, catalogue());
    const auto again = parseNotation(printed, catalogue());
    QVERIFY(again.has_value());
    QCOMPARE(canonical(*again, catalogue()), printed);
}

void NotationTest::everyParameterComesBack_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("key");
    for (const Entry& entry : catalogue().entries()) {
        for (const Parameter& parameter : entry.parameters)
            QTest::addRow("%s(%s)", entry.id.c_str(), parameter.key.c_str())
                << QString::fromStdString(entry.id) << QString::fromStdString(parameter.key);
    }
}

void NotationTest::everyParameterComesBack() {
    QFETCH(QString, id);
    QFETCH(QString, key);
    const Entry& entry = *catalogue().find(id.toStdString());
    const Parameter& parameter = *entry.parameter(key.toStdString());
    for (const double value : {parameter.least, parameter.most}) {
        Scheme scheme;
        scheme.part(entry.axis) = Part{entry.id, {{parameter.key, value}}, {}};
        const std::string printed = canonical(scheme, catalogue());
        const auto again = parseNotation(printed, catalogue());
        QVERIFY2(again.has_value(), again ? "" : again.error().message.c_str());
        QCOMPARE(again->part(entry.axis)->parameters.at(parameter.key), value);
        QCOMPARE(canonical(*again, catalogue()), printed);
    }
}

void NotationTest::partsStandInAnyOrder() {
    std::vector<std::string> parts = {"alibi", "cos(s=16)", "logn", "pi", "window"};
    const auto expected = parseNotation("cos(s=16)+pi+logn+alibi+window", catalogue());
    QVERIFY(expected.has_value());
    std::sort(parts.begin(), parts.end());
    do {
        std::string text;
        for (const std::string& part : parts)
            text += (text.empty() ? "" : "+") + part;
        const auto scheme = parseNotation(text, catalogue());
        QVERIFY(scheme.has_value());
        QVERIFY(*scheme == *expected);
    } while (std::next_permutation(parts.begin(), parts.end()));
}

void NotationTest::formulasKeepTheirText() {
    const auto scheme = parseNotation("temperature(\"max(n, 2) + 1 ; -t\")", catalogue());
    QVERIFY(scheme.has_value());
    QCOMPARE(scheme->part(Axis::Temperature)->formula, std::string("max(n, 2) + 1 ; -t"));
    QVERIFY(!scheme->part(Axis::Bias).has_value());
}

void NotationTest::listsSplitOutsideQuotes_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("schemes");
    const auto row = [](const char* text, const QStringList& schemes) {
        QTest::newRow(text) << QString(text) << schemes;
    };
    row("rope+softmax", {"rope+softmax"});
    row("rope; pi+logn ;nope", {"rope", "pi+logn", "nope"});
    row(";rope;;", {"rope"});
    row("", {});
    row("temperature(\"1 ; -t\");rope", {"temperature(\"1 ; -t\")", "rope"});
    row("temperature(\"1 ; -t", {"temperature(\"1 ; -t"});
}

void NotationTest::listsSplitOutsideQuotes() {
    QFETCH(QString, text);
    QFETCH(QStringList, schemes);
    QCOMPARE(texts(splitSchemes(text.toStdString())), schemes);
}

void NotationTest::completes_data() {
    QTest::addColumn<QString>("text"); // the caret stands at the bar
    QTest::addColumn<QStringList>("first");
    QTest::addColumn<QStringList>("absent");
    const auto row = [](const char* text, const QStringList& first, const QStringList& absent) {
        QTest::newRow(text) << QString(text) << first << absent;
    };
    row("|", {"dot", "cos", "rope"}, {});
    row("ro|", {"rope", "p-rope"}, {"pi"});
    row("rope+lo|", {"logn", "logn-clipped", "qwen-logn"}, {"rope"});
    row("rope+|", {"dot", "cos", "softmax"}, {"pi", "nope"});
    row("|+logn", {"dot", "cos", "rope"}, {"softmax", "temperature(\""});
    row("tem|", {"temperature(\""}, {});
    row("sotfmax|", {"softmax"}, {});
    row("yarn(|", {"fast=", "slow=", "mscale="}, {});
    row("yarn(fast=3,|", {"slow=", "mscale="}, {"fast="});
    row("yarn(ms|)", {"mscale="}, {"slow="});
    row("yarn(slow=|", {"1"}, {});
    row("temperature(\"ln(n) + s|", {"sqrt("}, {"n"});
    row("ümlaut+p|", {"pi", "p-rope", "pi-ref"}, {});
}

void NotationTest::completes() {
    QFETCH(QString, text);
    QFETCH(QStringList, first);
    QFETCH(QStringList, absent);
    const auto caret = text.indexOf('|');
    const std::string plain = text.remove('|').toStdString();
    const QStringList found =
        texts(completions(plain, static_cast<std::size_t>(caret) + 1, catalogue()));
    QCOMPARE(found.mid(0, first.size()), first);
    for (const QString& name : absent)
        QVERIFY2(!found.contains(name), qPrintable(name));
}

void NotationTest::problemsOfferWhatFits() {
    const auto second = parseNotation("rope+", catalogue());
    QVERIFY(texts(second.error().completions).contains("logn"));
    QVERIFY(!texts(second.error().completions).contains("pi"));
    QCOMPARE(texts(parseNotation("ropee", catalogue()).error().completions), {"rope"});
    QCOMPARE(texts(parseNotation("leaky-rerope(w=3,x=2)", catalogue()).error().completions), {"k"});
}

void NotationTest::longTextIsRefused() {
    const std::string book(1'000'000, 'a');
    QVERIFY(!parseNotation(book, catalogue()).has_value());
    QVERIFY(parseScheme(book, catalogue()).error().message.size() < 500);
}

QTEST_APPLESS_MAIN(NotationTest)
#include "tst_notation.moc"
