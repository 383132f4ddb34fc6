// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/input.h"

#include <QTest>
#include <algorithm>

using namespace isentrope;

Q_DECLARE_METATYPE(Fill)

namespace {

constexpr int begin = 2, end = 3, padding = 0;

Vocabulary vocabulary() {
    return Vocabulary::parse("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\n", "vocab.txt").value();
}

/// Ids 5, 6, … with spans one byte long.
std::vector<Token> textOf(int count) {
    std::vector<Token> tokens;
    for (int i = 0; i < count; ++i)
        tokens.push_back({5 + i, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i + 1)});
    return tokens;
}

QList<int> listOf(const std::vector<std::int32_t>& ids) {
    return {ids.begin(), ids.end()};
}

} // namespace

class InputTest : public QObject {
    Q_OBJECT

private slots:
    void textIsCutOrFilled_data();
    void textIsCutOrFilled();
    void repeatedTokensKeepTheirSpan();
    void impossibleLengthsAreRefused_data();
    void impossibleLengthsAreRefused();
    void idsAreTakenAsTheyAre_data();
    void idsAreTakenAsTheyAre();
    void wrongIdsAreRefused_data();
    void wrongIdsAreRefused();
};

void InputTest::textIsCutOrFilled_data() {
    QTest::addColumn<int>("tokens");
    QTest::addColumn<int>("length");
    QTest::addColumn<Fill>("fill");
    QTest::addColumn<bool>("special");
    QTest::addColumn<QList<int>>("ids");
    QTest::addColumn<int>("content");
    QTest::addColumn<QString>("report");
    const auto row = [](const char* name, int tokens, int length, Fill fill, bool special,
                        const QList<int>& ids, int content, const char* report) {
        QTest::newRow(name) << tokens << length << fill << special << ids << content
                            << QString(report);
    };
    row("as long as the text", 3, 0, Fill::Tile, true, {2, 5, 6, 7, 3}, 5, "5 tokens");
    row("exactly n", 3, 5, Fill::Tile, true, {2, 5, 6, 7, 3}, 5, "5 tokens");
    row("cut", 3, 4, Fill::Tile, true, {2, 5, 6, 3}, 4, "4 of 5 tokens, cut");
    row("cut without special tokens", 3, 2, Fill::Pad, false, {5, 6}, 2, "2 of 3 tokens, cut");
    row("repeated", 2, 7, Fill::Tile, true, {2, 5, 6, 5, 6, 5, 3}, 7, "4 tokens, repeated to 7");
    row("repeated without special tokens", 2, 5, Fill::Tile, false, {5, 6, 5, 6, 5}, 5,
        "2 tokens, repeated to 5");
    row("padded", 2, 6, Fill::Pad, true, {2, 5, 6, 3, 0, 0}, 4, "4 tokens, padded to 6");
    row("not filled", 2, 6, Fill::None, true, {2, 5, 6, 3}, 4, "4 tokens");
    row("room for special tokens alone", 2, 2, Fill::Tile, true, {2, 3}, 2, "2 of 4 tokens, cut");
    row("one token", 1, 1, Fill::Tile, false, {5}, 1, "1 token");
    row("empty text", 0, 0, Fill::Tile, true, {2, 3}, 2, "2 tokens");
    row("empty text is not repeated", 0, 4, Fill::Tile, true, {2, 3}, 2, "2 tokens");
    row("empty text, padded", 0, 4, Fill::Pad, true, {2, 3, 0, 0}, 2, "2 tokens, padded to 4");
}

void InputTest::textIsCutOrFilled() {
    QFETCH(const int, tokens);
    QFETCH(const int, length);
    QFETCH(const Fill, fill);
    QFETCH(const bool, special);
    QFETCH(const QList<int>, ids);
    QFETCH(const int, content);
    QFETCH(const QString, report);
    const auto input = makeInput(textOf(tokens), vocabulary(), {length, fill, special});
    QVERIFY(input.has_value());
    QCOMPARE(listOf(input->ids), ids);
    QCOMPARE(input->tokens.size(), input->ids.size());
    QCOMPARE(input->content, content);
    QCOMPARE(input->tokensInText, tokens);
    QCOMPARE(QString::fromStdString(input->report), report);
}

void InputTest::repeatedTokensKeepTheirSpan() {
    const auto input = makeInput(textOf(2), vocabulary(), {6, Fill::Tile, true});
    QVERIFY(input.has_value());
    QCOMPARE(input->tokens[3].begin, 0u);
    QCOMPARE(input->tokens[3].end, 1u);
    QCOMPARE(input->tokens[4].begin, 1u);
    QCOMPARE(input->tokens.front().end, 0u);
    QCOMPARE(input->tokens.back().end, 0u);
    QCOMPARE(input->tokens.front().id, begin);
    QCOMPARE(input->tokens.back().id, end);
}

void InputTest::impossibleLengthsAreRefused_data() {
    QTest::addColumn<int>("tokens");
    QTest::addColumn<qint64>("length");
    QTest::addColumn<bool>("special");
    QTest::addColumn<QString>("part");
    QTest::newRow("negative") << 3 << qint64{-1} << true << "length -1 is too small";
    QTest::newRow("1 with special tokens") << 3 << qint64{1} << true << "expected at least 2";
    QTest::newRow("no token at all") << 0 << qint64{0} << false << "no token to run";
    QTest::newRow("nothing to repeat") << 0 << qint64{4} << false << "no token to run";
    QTest::newRow("a trillion") << 3 << qint64{1'000'000'000'000} << true << "at most 16,777,216";
}

void InputTest::impossibleLengthsAreRefused() {
    QFETCH(const int, tokens);
    QFETCH(const qint64, length);
    QFETCH(const bool, special);
    QFETCH(const QString, part);
    const auto input = makeInput(textOf(tokens), vocabulary(), {length, Fill::Tile, special});
    QVERIFY(!input.has_value());
    const QString message = QString::fromStdString(input.error().message);
    QVERIFY2(message.contains(part), qPrintable(message));
}

void InputTest::idsAreTakenAsTheyAre_data() {
    QTest::addColumn<QByteArray>("list");
    QTest::addColumn<int>("length");
    QTest::addColumn<Fill>("fill");
    QTest::addColumn<QList<int>>("ids");
    QTest::addColumn<int>("content");
    QTest::newRow("as they are") << QByteArray("5 6\n7\t2 0 0\n") << 0 << Fill::Tile
                                 << QList<int>{5, 6, 7, 2, 0, 0} << 4;
    QTest::newRow("cut") << QByteArray("5 6 7") << 2 << Fill::Tile << QList<int>{5, 6} << 2;
    QTest::newRow("repeated") << QByteArray("5 6") << 5 << Fill::Tile << QList<int>{5, 6, 5, 6, 5}
                              << 5;
    QTest::newRow("padded") << QByteArray("5 6") << 4 << Fill::Pad << QList<int>{5, 6, 0, 0} << 2;
    QTest::newRow("not filled") << QByteArray("\r\n5\r\n6") << 4 << Fill::None << QList<int>{5, 6}
                                << 2;
    QTest::newRow("smallest and largest")
        << QByteArray("0 7") << 0 << Fill::None << QList<int>{padding, 7} << 1;
}

void InputTest::idsAreTakenAsTheyAre() {
    QFETCH(const QByteArray, list);
    QFETCH(const int, length);
    QFETCH(const Fill, fill);
    QFETCH(const QList<int>, ids);
    QFETCH(const int, content);
    const auto input = makeInputFromIds(list.toStdString(), 8, padding, {length, fill, true});
    QVERIFY(input.has_value());
    QCOMPARE(listOf(input->ids), ids);
    QCOMPARE(input->content, content);
    QVERIFY(std::ranges::all_of(input->tokens, [](const Token& token) { return token.end == 0; }));
}

void InputTest::wrongIdsAreRefused_data() {
    QTest::addColumn<QByteArray>("list");
    QTest::addColumn<QByteArray>("part");
    QTest::newRow("too large") << QByteArray("5 6 8") << QByteArray("id 3 of the list is \"8\"");
    QTest::newRow("negative") << QByteArray("-1") << QByteArray("from 0 to 7");
    QTest::newRow("no number") << QByteArray("5 six") << QByteArray("id 2 of the list is \"six\"");
    QTest::newRow("fraction") << QByteArray("5.0") << QByteArray("\"5.0\"");
    QTest::newRow("commas") << QByteArray("5,6") << QByteArray("white space");
    QTest::newRow("beyond 64 bits")
        << QByteArray("99999999999999999999") << QByteArray("\"99999999999999999999\"");
    QTest::newRow("empty") << QByteArray(" \n") << QByteArray("no token to run");
}

void InputTest::wrongIdsAreRefused() {
    QFETCH(const QByteArray, list);
    QFETCH(const QByteArray, part);
    const auto input = makeInputFromIds(list.toStdString(), 8, padding, {});
    QVERIFY(!input.has_value());
    QVERIFY2(QByteArray::fromStdString(input.error().message).contains(part),
             input.error().message.c_str());
}

QTEST_GUILESS_MAIN(InputTest)
#include "tst_input.moc"
