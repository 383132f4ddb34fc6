// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/text/tokenizer.h"

#include <QTest>
#include <sstream>

using namespace isentrope;

namespace {

constexpr std::uint64_t largestData = 16'000'000;

std::string shown(std::int32_t id, std::uint32_t begin, std::uint32_t end) {
    return std::to_string(id) + '@' + std::to_string(begin) + '-' + std::to_string(end) + ' ';
}

/// "id@begin-end " for each token.
std::string cut(const Tokenizer& tokenizer, const std::string& text) {
    std::string result;
    for (const Token& token : tokenizer.tokenize(text))
        result += shown(token.id, token.begin, token.end);
    return result;
}

std::string expectedCut(const Json& row) {
    std::string result;
    for (std::size_t i = 0; i < row.at("ids").size(); ++i) {
        const Json& bytes = row.at("bytes").at(i);
        result += shown(row.at("ids").at(i).get<std::int32_t>(), bytes.at(0).get<std::uint32_t>(),
                        bytes.at(1).get<std::uint32_t>());
    }
    return result;
}

Tokenizer ownTokenizer() {
    return Tokenizer(Vocabulary::read(TEST_DATA_DIR "/tokenizer/vocab.txt").value());
}

} // namespace

class TokenizerTest : public QObject {
    Q_OBJECT

private slots:
    void textBecomesPieces_data();
    void textBecomesPieces();
    void randomTextsAreCutAsByTheReference();
    void sharedCasesAreCutAsByTheReference();
    void wordsHaveAtMostAHundredCharacters_data();
    void wordsHaveAtMostAHundredCharacters();
    void longRunsStayLinear_data();
    void longRunsStayLinear();
    void everySpanLiesInTheText();
};

void TokenizerTest::textBecomesPieces_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("pieces"); // "piece@begin-end …"
    QTest::newRow("empty") << QByteArray() << QByteArray();
    QTest::newRow("only spaces") << QByteArray(" \t\n\u3000\u2028") << QByteArray();
    QTest::newRow("only zero width") << QByteArray("\u200b\u200d\ufeff") << QByteArray();
    QTest::newRow("pieces") << QByteArray("Tokens") << QByteArray("token@0-5 ##s@5-6");
    QTest::newRow("accents") << QByteArray("Café") << QByteArray("cafe@0-5");
    QTest::newRow("mark after its letter") << QByteArray("cafe\u0301") << QByteArray("cafe@0-4");
    QTest::newRow("ideographs") << QByteArray("今天a天")
                                << QByteArray("今@0-3 天@3-6 a@6-7 天@7-10");
    QTest::newRow("compatibility ideograph") << QByteArray("\uf900") << QByteArray("豈@0-3");
    QTest::newRow("ideograph outside the ranges")
        << QByteArray("a\U00031350") << QByteArray("a@0-1 ##\U00031350@1-5");
    QTest::newRow("syllable") << QByteArray("\uac01")
                              << QByteArray("\u1100@0-3 ##\u1161@0-3 ##\u11a8@0-3");
    QTest::newRow("full width") << QByteArray("\uff21") << QByteArray("\uff41@0-3");
    QTest::newRow("special") << QByteArray("a[MASK]b") << QByteArray("a@0-1 [MASK]@1-7 b@7-8");
    QTest::newRow("special in brackets")
        << QByteArray("[[SEP]]") << QByteArray("[@0-1 [SEP]@1-6 ]@6-7");
    QTest::newRow("small letters are not special")
        << QByteArray("[key]") << QByteArray("[@0-1 key@1-4 ]@4-5");
    QTest::newRow("invalid bytes vanish") << QByteArray("ke\xff\xc0y") << QByteArray("key@0-5");
    QTest::newRow("broken character at the end")
        << QByteArray("key\xe4\xbb") << QByteArray("key@0-3");
    QTest::newRow("NUL vanishes") << QByteArray("k\0ey", 4) << QByteArray("key@0-4");
    QTest::newRow("unknown word") << QByteArray("key\u0e5b the")
                                  << QByteArray("key@0-3 [UNK]@3-6 the@7-10");
    QTest::newRow("marks change places") // the later of smaller class comes first, and both stay
        << QByteArray("a\u302f\u1b44") << QByteArray("a@0-1 ##\u1b44@1-4 ##\u302f@4-7");
    QTest::newRow("final sigma") << QByteArray("ΟΣ") << QByteArray("ο@0-2 ##σ@2-4");
    QTest::newRow("dotted capital i") << QByteArray("İ") << QByteArray("i@0-2");
}

void TokenizerTest::textBecomesPieces() {
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, pieces);
    static const Tokenizer tokenizer = ownTokenizer();
    QByteArrayList found;
    for (const Token& token : tokenizer.tokenize(text.toStdString()))
        found << QByteArray::fromStdString(tokenizer.vocabulary().entry(token.id)) + '@' +
                     QByteArray::number(token.begin) + '-' + QByteArray::number(token.end);
    QCOMPARE(found.join(' '), pieces);
}

void TokenizerTest::randomTextsAreCutAsByTheReference() {
    const Tokenizer tokenizer = ownTokenizer();
    std::istringstream lines(
        readWholeFile(TEST_DATA_DIR "/tokenizer/cases.jsonl", largestData).value());
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const Json row = parseJson(line, "cases.jsonl").value();
        const std::string found = cut(tokenizer, row.at("text").get<std::string>());
        if (found != expectedCut(row)) QFAIL((line + "\nbut found " + found).c_str());
    }
    QCOMPARE(count, 300);
}

void TokenizerTest::sharedCasesAreCutAsByTheReference() {
    const std::string folder = SHARED_FIXTURES_DIR "/tokenizer";
    const auto content = readWholeFile(folder + "/cases.json", largestData);
    if (!content) QSKIP("needs SHARED_FIXTURES_DIR/tokenizer/cases.json");
    const Tokenizer tokenizer(Vocabulary::read(folder + "/vocab.txt").value());
    const Json rows = parseJson(*content, "cases.json").value();
    QVERIFY(!rows.empty());
    const std::string begin = shown(tokenizer.vocabulary().begin(), 0, 0);
    const std::string end = shown(tokenizer.vocabulary().end(), 0, 0);
    for (const Json& row : rows) {
        const std::string found = begin + cut(tokenizer, row.at("text").get<std::string>()) + end;
        if (found != expectedCut(row)) QFAIL((row.dump() + "\nbut found " + found).c_str());
    }
}

void TokenizerTest::wordsHaveAtMostAHundredCharacters_data() {
    QTest::addColumn<QString>("word");
    QTest::addColumn<bool>("known");
    QTest::newRow("100 letters") << QString(100, 'a') << true;
    QTest::newRow("101 letters") << QString(101, 'a') << false;
    QTest::newRow("100 letters with accents") << QString("e\u0301").repeated(100) << true;
    QTest::newRow("33 syllables of three") << QString(33, QChar(0xac01)) << true;
    QTest::newRow("34 syllables of three") << QString(34, QChar(0xac01)) << false;
    QTest::newRow("50 syllables of two") << QString(50, QChar(0xac00)) << true;
    QTest::newRow("51 syllables of two") << QString(51, QChar(0xac00)) << false;
}

void TokenizerTest::wordsHaveAtMostAHundredCharacters() {
    QFETCH(const QString, word);
    QFETCH(const bool, known);
    const Tokenizer tokenizer = ownTokenizer();
    const auto tokens = tokenizer.tokenize(word.toStdString());
    QVERIFY(!tokens.empty());
    QCOMPARE(tokens.front().id != tokenizer.vocabulary().unknown(), known);
    if (!known) QCOMPARE(tokens.size(), std::size_t{1});
    if (!known) QCOMPARE(tokens.front().end, static_cast<std::uint32_t>(word.toUtf8().size()));
}

void TokenizerTest::longRunsStayLinear_data() {
    QTest::addColumn<QString>("unit");
    QTest::addColumn<qulonglong>("tokens");
    QTest::newRow("a million accents") << QString("\u0301") << 0ULL;
    QTest::newRow("a million marks out of order") << QString("\u302f\u0323") << 1ULL;
    QTest::newRow("one word of a million letters") << QString("ab") << 1ULL;
    QTest::newRow("half a million brackets") << QString("[M") << 1'000'000ULL;
    QTest::newRow("half a million special tokens") << QString("[SEP]") << 500'000ULL;
}

void TokenizerTest::longRunsStayLinear() {
    QFETCH(const QString, unit);
    QFETCH(const qulonglong, tokens);
    constexpr int repetitions = 500'000;
    const std::string text =
        unit.repeated(unit == "\u0301" ? 2 * repetitions : repetitions).toStdString();
    const auto found = ownTokenizer().tokenize(text);
    QCOMPARE(static_cast<qulonglong>(found.size()), tokens);
}

/// Any bytes at all: spans are in order and inside.
void TokenizerTest::everySpanLiesInTheText() {
    const Tokenizer tokenizer = ownTokenizer();
    std::uint32_t state = 1;
    std::string text;
    for (int i = 0; i < 100'000; ++i) {
        state = state * 1664525u + 1013904223u;
        text.push_back(static_cast<char>(state >> 24));
    }
    std::uint32_t last = 0;
    for (const Token& token : tokenizer.tokenize(text)) {
        QVERIFY(token.begin >= last);
        QVERIFY(token.begin < token.end);
        QVERIFY(token.end <= text.size());
        last = token.begin;
    }
    QVERIFY(last > 0);
}

QTEST_GUILESS_MAIN(TokenizerTest)
#include "tst_tokenizer.moc"
