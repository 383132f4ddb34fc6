// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/vocabulary.h"

#include <QTest>

using namespace isentrope;

namespace {

const std::string specials = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";

Expected<Vocabulary> parsed(const std::string& content) {
    return Vocabulary::parse(content, "vocab.txt");
}

} // namespace

class VocabularyTest : public QObject {
    Q_OBJECT

private slots:
    void linesBecomeEntries_data();
    void linesBecomeEntries();
    void brokenFilesAreRefused_data();
    void brokenFilesAreRefused();
    void lastOfEqualEntriesCounts();
    void idsOutsideAreEmpty();
    void fileIsNamedWhereMissing();
};

void VocabularyTest::linesBecomeEntries_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<qulonglong>("size");
    QTest::addColumn<int>("idOfLast"); // of the entry "last"
    QTest::addColumn<int>("warnings");
    const QByteArray five = QByteArray::fromStdString(specials);
    QTest::newRow("plain") << five + "last\n" << 6ULL << 5 << 0;
    QTest::newRow("no final newline") << five + "last" << 6ULL << 5 << 0;
    QTest::newRow("extra final newline") << five + "last\n\n" << 6ULL << 5 << 0;
    QTest::newRow("CR LF") << QByteArray(five + "last\n").replace("\n", "\r\n") << 6ULL << 5 << 1;
    QTest::newRow("CR LF, no final newline")
        << QByteArray(five + "last").replace("\n", "\r\n") << 6ULL << 5 << 1;
    QTest::newRow("byte order mark") << "\xEF\xBB\xBF" + five + "last\n" << 6ULL << 5 << 1;
    QTest::newRow("blank line keeps its id") << five + "\n\nlast\n" << 8ULL << 7 << 0;
    QTest::newRow("U+2028 ends no line") << five + "a\u2028b\nlast\n" << 7ULL << 6 << 0;
    QTest::newRow("U+0085 and form feed end no line") << five + "a\u0085b\fc\nlast\n"
                                                      << 7ULL << 6 << 0;
    QTest::newRow("equal entries") << five + "last\na\nlast\n" << 8ULL << 7 << 1;
}

void VocabularyTest::linesBecomeEntries() {
    QFETCH(const QByteArray, content);
    QFETCH(const qulonglong, size);
    QFETCH(const int, idOfLast);
    QFETCH(const int, warnings);
    const auto vocabulary = parsed(content.toStdString());
    QVERIFY2(vocabulary.has_value(), vocabulary ? "" : vocabulary.error().message.c_str());
    QCOMPARE(static_cast<qulonglong>(vocabulary->size()), size);
    QCOMPARE(vocabulary->id("last").value_or(-1), idOfLast);
    QCOMPARE(static_cast<int>(vocabulary->warnings().size()), warnings);
    QCOMPARE(vocabulary->pad(), 0);
    QCOMPARE(vocabulary->unknown(), 1);
    QCOMPARE(vocabulary->begin(), 2);
    QCOMPARE(vocabulary->end(), 3);
    QCOMPARE(vocabulary->mask(), 4);
}

void VocabularyTest::brokenFilesAreRefused_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("message"); // part of it
    const QByteArray five = QByteArray::fromStdString(specials);
    QTest::newRow("empty") << QByteArray() << QByteArray("is empty");
    QTest::newRow("only blank lines") << QByteArray("\n\n\n") << QByteArray("is empty");
    QTest::newRow("no special tokens")
        << QByteArray("a\nb\n") << QByteArray("lacks [PAD], [UNK], [CLS], [SEP], [MASK];");
    QTest::newRow("two missing") << QByteArray("[PAD]\n[CLS]\n[SEP]\n")
                                 << QByteArray("lacks [UNK], [MASK];");
    QTest::newRow("invalid UTF-8") << five + "a\xff\n" << QByteArray("line 6 is not UTF-8");
    QTest::newRow("NUL") << five + QByteArray("a\0b\n", 4) << QByteArray("line 6 has a NUL");
    QTest::newRow("line of 1 MB") << five + QByteArray(1'000'000, 'a') << QByteArray("1,000,000");
    QTest::newRow("a million lines more")
        << five + QByteArray("a\n").repeated(1'000'000) << QByteArray("more than 1,000,000 lines");
    QTest::newRow("10 million lines")
        << QByteArray("a\n").repeated(10'000'000) << QByteArray("20,000,000 bytes");
}

void VocabularyTest::brokenFilesAreRefused() {
    QFETCH(const QByteArray, content);
    QFETCH(const QByteArray, message);
    const auto vocabulary = parsed(content.toStdString());
    QVERIFY(!vocabulary.has_value());
    const QByteArray found = QByteArray::fromStdString(vocabulary.error().message);
    QVERIFY2(found.startsWith("vocab.txt: ") && found.contains(message), found.constData());
}

void VocabularyTest::lastOfEqualEntriesCounts() {
    const auto vocabulary = parsed(specials + "a\na\n[UNK]\n");
    QVERIFY(vocabulary.has_value());
    QCOMPARE(vocabulary->id("a").value(), 6);
    QCOMPARE(vocabulary->unknown(), 7);
    QCOMPARE(vocabulary->entry(5), std::string("a"));
}

void VocabularyTest::idsOutsideAreEmpty() {
    const auto vocabulary = parsed(specials);
    QVERIFY(vocabulary.has_value());
    QCOMPARE(vocabulary->entry(4), std::string("[MASK]"));
    QCOMPARE(vocabulary->entry(5), std::string());
    QCOMPARE(vocabulary->entry(-1), std::string());
    QVERIFY(!vocabulary->id("").has_value());
}

void VocabularyTest::fileIsNamedWhereMissing() {
    const auto vocabulary = Vocabulary::read(TEST_DATA_DIR "/tokenizer/absent.txt");
    QVERIFY(!vocabulary.has_value());
    QCOMPARE(vocabulary.error().code, ErrorCode::NotFound);
    QVERIFY(vocabulary.error().message.find("absent.txt") != std::string::npos);
}

QTEST_GUILESS_MAIN(VocabularyTest)
#include "tst_vocabulary.moc"
