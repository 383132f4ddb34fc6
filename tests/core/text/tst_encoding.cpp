// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/encoding.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace isentrope;

class EncodingTest : public QObject {
    Q_OBJECT

private slots:
    void bytesBecomeText_data();
    void bytesBecomeText();
    void everyBytePairIsRead();
    void unknownNameIsRefused();
    void fileIsRead();
    void largeFileIsRefused();
};

void EncodingTest::bytesBecomeText_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("asked");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("encoding");
    QTest::addColumn<qulonglong>("invalid");
    const auto row = [](const char* name, const QByteArray& bytes, const char* asked,
                        const QByteArray& text, const char* encoding, qulonglong invalid) {
        QTest::newRow(name) << bytes << QByteArray(asked) << text << QByteArray(encoding)
                            << invalid;
    };
    row("empty", "", "auto", "", "UTF-8", 0);
    row("ASCII", "key", "auto", "key", "UTF-8", 0);
    row("UTF-8", "温度 é", "auto", "温度 é", "UTF-8", 0);
    row("UTF-8 with mark", "\xEF\xBB\xBF温度", "auto", "温度", "UTF-8 with BOM", 0);
    row("UTF-8, one bad byte", "注意\xff力的温度", "auto", "注意\uFFFD力的温度", "UTF-8", 1);
    row("UTF-8, cut at the end", "注意力\xe7\x9a", "auto", "注意力\uFFFD", "UTF-8", 2);
    row("bad byte in ASCII", "key \xff value", "auto", "key \uFFFD value", "UTF-8", 1);
    row("lone surrogate", "key \xed\xa0\x80 value", "auto", "key \uFFFD\uFFFD\uFFFD value", "UTF-8",
        3);
    row("overlong", "key \xc0\xaf value", "auto", "key \uFFFD\uFFFD value", "UTF-8", 2);
    row("above U+10FFFF", "\xf4\x90\x80\x80", "UTF-8", "\uFFFD\uFFFD\uFFFD\uFFFD", "UTF-8", 4);
    row("NUL stays", QByteArray("a\0b", 3), "auto", QByteArray("a\0b", 3), "UTF-8", 0);
    row("GB18030", "\xd7\xa2\xd2\xe2\xc1\xa6", "auto", "注意力", "GB18030", 0);
    row("GB18030 among ASCII", "key \xd7\xa2\xd2\xe2 value", "auto", "key 注意 value", "GB18030",
        0);
    row("GB18030, four bytes", "\xd7\xa2\xd2\xe2\xc1\xa6\x94\x39\xda\x33", "auto",
        "注意力\U0001F4A9", "GB18030", 0);
    row("GB18030, cut", QByteArray("\xd7\xa2\xd2\xe2\xc1\xa6").repeated(2) + "\xd7", "auto",
        "注意力注意力\uFFFD", "GB18030", 1);
    row("GB18030, asked for",
        "a\xff"
        "b",
        "gb18030", "a\uFFFDb", "GB18030", 1);
    row("Latin-1", "caf\xe9 na\xefve", "auto", "café naïve", "Latin-1", 0);
    row("Latin-1, also pairs",
        "gr\xf6\xdf"
        "er, Stra\xdf"
        "e, \xdc"
        "ber",
        "auto", "größer, Straße, Über", "Latin-1", 0);
    row("Latin-1, asked for", "\xc3\xa9", "latin-1", "Ã©", "Latin-1", 0);
    row("UTF-16LE", QByteArray("\xff\xfe\x29\x6e\xa6\x5e", 6), "auto", "温度", "UTF-16LE", 0);
    row("UTF-16BE", QByteArray("\xfe\xff\x6e\x29\x5e\xa6", 6), "auto", "温度", "UTF-16BE", 0);
    row("UTF-16BE, lone surrogate", QByteArray("\xd8\x00\x00\x61", 4), "UTF-16BE", "\uFFFDa",
        "UTF-16BE", 2);
    row("UTF-16LE, odd length", QByteArray("\x61\x00\x62", 3), "UTF-16LE", "a\uFFFD", "UTF-16LE",
        1);
}

void EncodingTest::bytesBecomeText() {
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, asked);
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, encoding);
    QFETCH(const qulonglong, invalid);
    const auto decoded = decodeText(bytes.toStdString(), asked.toStdString());
    QVERIFY(decoded.has_value());
    QCOMPARE(QByteArray::fromStdString(decoded->encoding), encoding);
    QCOMPARE(QByteArray::fromStdString(decoded->text), text);
    QCOMPARE(static_cast<qulonglong>(decoded->invalidBytes), invalid);
}

/// Whatever the bytes and whatever is asked for, the answer is valid UTF-8.
void EncodingTest::everyBytePairIsRead() {
    for (const std::string& encoding : encodingNames())
        for (int pair = 0; pair < 0x10000; pair += 7) {
            const std::string bytes = {static_cast<char>(pair >> 8), static_cast<char>(pair), 'a',
                                       static_cast<char>(pair >> 8)};
            const auto decoded = decodeText(bytes, encoding);
            QVERIFY(decoded.has_value());
            const auto again = decodeText(decoded->text, "UTF-8");
            QVERIFY(again.has_value());
            QCOMPARE(again->invalidBytes, std::size_t{0});
        }
}

void EncodingTest::unknownNameIsRefused() {
    const auto decoded = decodeText("a", "gb1803");
    QVERIFY(!decoded.has_value());
    QCOMPARE(decoded.error().code, ErrorCode::BadUsage);
    QVERIFY(decoded.error().message.find("\"gb1803\"") != std::string::npos);
    QVERIFY(decoded.error().message.find("Did you mean \"GB18030\"?") != std::string::npos);
}

void EncodingTest::fileIsRead() {
    const QTemporaryDir folder;
    QFile file(folder.filePath("text"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("\xEF\xBB\xBFkey");
    file.close();
    const std::string path = file.fileName().toStdString();
    const auto decoded = readTextFile(path);
    QVERIFY(decoded.has_value());
    QCOMPARE(decoded->text, std::string("key"));
    QCOMPARE(readTextFile(path + "-absent").error().code, ErrorCode::NotFound);
    QVERIFY(readTextFile(path, "none").error().message.starts_with(path));
}

void EncodingTest::largeFileIsRefused() {
    const QTemporaryDir folder;
    QFile file(folder.filePath("large"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    if (!file.resize(static_cast<qint64>(largestTextFile) + 1))
        QSKIP("needs a file system with sparse files");
    const auto decoded = readTextFile(file.fileName().toStdString());
    QVERIFY(!decoded.has_value());
    QCOMPARE(decoded.error().code, ErrorCode::TooLarge);
}

QTEST_GUILESS_MAIN(EncodingTest)
#include "tst_encoding.moc"
