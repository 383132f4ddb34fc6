// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"
#include "app/cli/help.h"
#include "app/cli/layer_list.h"

#include <QtTest>

using namespace isentrope;
using namespace isentrope::cli;

namespace {

CommandSpec spec() {
    return {.name = "try",
            .summary = "",
            .description = "",
            .positionals = {{"CHECKPOINT", "a folder"}},
            .options = {{"--length", "N", "tokens"},
                        {"--fill", "HOW", "how", {"tile", "pad"}},
                        {"--scheme", "S", "scheme", {}, true, true},
                        {"--full", "", "everything"}},
            .examples = {}};
}

Expected<Arguments> parse(const std::vector<std::string>& words) {
    return Arguments::parse(spec(), words);
}

} // namespace

class ArgumentsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsEveryForm();
    void refuses_data();
    void refuses();
    void integersHaveBounds();
    void layersAreListsAndStretches();
    void textIsWrapped();
};

void ArgumentsTest::readsEveryForm() {
    const auto arguments =
        parse({"--scheme", "a+b", "--length=64", "folder", "--full", "--scheme=c=d"});
    QVERIFY(arguments.has_value());
    QCOMPARE(arguments->positionals(), std::vector<std::string>{"folder"});
    QCOMPARE(arguments->values("--scheme"), (std::vector<std::string>{"a+b", "c=d"}));
    QCOMPARE(arguments->value("--length").value(), std::string("64"));
    QVERIFY(arguments->has("--full"));
    QVERIFY(!arguments->has("--fill"));
    const auto odd = parse({"--scheme", "s", "--", "--folder"});
    QCOMPARE(odd->positionals().front(), std::string("--folder"));
}

void ArgumentsTest::refuses_data() {
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("part");
    QTest::newRow("misspelt option") << QStringList{"f", "--lenght", "3"} << "\"--length\"";
    QTest::newRow("unknown value") << QStringList{"f", "--fill", "tilt"} << "\"tile\"";
    QTest::newRow("no value") << QStringList{"f", "--length"} << "needs a value";
    QTest::newRow("value of a switch") << QStringList{"f", "--full=yes"} << "takes no value";
    QTest::newRow("twice") << QStringList{"f", "--length", "1", "--length", "2"} << "twice";
    QTest::newRow("too many") << QStringList{"f", "g", "--scheme", "s"} << "`g`";
    QTest::newRow("missing option") << QStringList{"f"} << "needs --scheme S";
    QTest::newRow("missing positional") << QStringList{"--scheme", "s"} << "needs CHECKPOINT";
}

void ArgumentsTest::refuses() {
    QFETCH(QStringList, words);
    QFETCH(QString, part);
    std::vector<std::string> list;
    for (const QString& word : words)
        list.push_back(word.toStdString());
    const auto arguments = parse(list);
    QVERIFY(!arguments.has_value());
    QCOMPARE(arguments.error().code, ErrorCode::BadUsage);
    QVERIFY2(QString::fromStdString(arguments.error().message).contains(part),
             arguments.error().message.c_str());
}

void ArgumentsTest::integersHaveBounds() {
    const auto arguments = parse({"f", "--scheme", "s", "--length", "1025"});
    QCOMPARE(arguments->integer("--length", 0, 1, 2000).value(), 1025);
    QCOMPARE(arguments->integer("--absent", 7, 1, 2000).value(), 7);
    const auto refused = arguments->integer("--length", 0, 1, 1024);
    QCOMPARE(refused.error().code, ErrorCode::BadUsage);
    QVERIFY(refused.error().message.find("from 1 to 1,024") != std::string::npos);
}

void ArgumentsTest::layersAreListsAndStretches() {
    QCOMPARE(parseLayers("all", 3).value(), (std::vector<int>{0, 1, 2}));
    QCOMPARE(parseLayers("2,0,2", 3).value(), (std::vector<int>{0, 2}));
    QCOMPARE(parseLayers("1-3,5", 6).value(), (std::vector<int>{1, 2, 3, 5}));
    for (const char* bad : {"3", "-1", "", "0,", "a", "2-1", "0-99999999999999999999"})
        QCOMPARE(parseLayers(bad, 3).error().code, ErrorCode::BadUsage);
}

void ArgumentsTest::textIsWrapped() {
    QCOMPARE(wrapped("one two three", 2, 9), std::string("  one two\n  three\n"));
}

QTEST_APPLESS_MAIN(ArgumentsTest)
#include "tst_arguments.moc"
