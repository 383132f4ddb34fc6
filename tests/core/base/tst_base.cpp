// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/nearest.h"
#include "core/base/number.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <sys/stat.h>

using namespace isentrope;

class BaseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void shortestReadsBack_data();
    void shortestReadsBack();
    void numbersTakeTheWholeText();
    void peopleReadBytesAndCounts();
    void nearestForgivesTyping();
    void jsonIsStrict_data();
    void jsonIsStrict();
    void onlyRegularFilesOpen();
    void shortFilesAreTruncated();
};

void BaseTest::shortestReadsBack_data() {
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("whole") << 10000.0 << "10000";
    QTest::newRow("tenth") << 0.1 << "0.1";
    QTest::newRow("slope") << 0.00390625 << "0.00390625";
    QTest::newRow("negative zero") << -0.0 << "0";
    QTest::newRow("third") << 1.0 / 3 << "0.3333333333333333";
    QTest::newRow("huge") << 1e300 << "1e+300";
    QTest::newRow("infinite") << HUGE_VAL << "inf";
}

void BaseTest::shortestReadsBack() {
    QFETCH(double, value);
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdString(shortest(value)), text);
    QCOMPARE(parseDouble(shortest(value)).value(), value);
}

void BaseTest::numbersTakeTheWholeText() {
    QCOMPARE(parseInteger("+64").value(), 64);
    QVERIFY(!parseInteger("64x"));
    QVERIFY(!parseInteger(""));
    QVERIFY(!parseInteger("99999999999999999999"));
    QVERIFY(!parseDouble("1,5"));
    QVERIFY(!parseDouble(" 1"));
}

void BaseTest::peopleReadBytesAndCounts() {
    QCOMPARE(humanBytes(61'400'000), std::string("61 MB"));
    QCOMPARE(humanBytes(440), std::string("440 bytes"));
    QCOMPARE(humanBytes(3.12e9), std::string("3.1 GB"));
    QCOMPARE(grouped(1048576), std::string("1,048,576"));
    QCOMPARE(grouped(-999), std::string("-999"));
}

void BaseTest::nearestForgivesTyping() {
    const std::vector<std::string> names = {"rope", "rerope", "softmax", "infoscale"};
    QCOMPARE(nearestName("ropee", names).value(), std::string("rope"));
    QCOMPARE(nearestName("infosclae", names).value(), std::string("infoscale"));
    QVERIFY(!nearestName("banana", names));
    QCOMPARE(didYouMean("sotfmax", names), std::string(" Did you mean \"softmax\"?"));
}

void BaseTest::jsonIsStrict_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("good");
    QTest::newRow("object") << QByteArray(R"({"a":[1,2.5,"x"]})") << true;
    QTest::newRow("same key in two objects") << QByteArray(R"({"a":{"b":1},"c":{"b":1}})") << true;
    QTest::newRow("repeated key") << QByteArray(R"({"a":1,"\u0061":2})") << false;
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF{}") << false;
    QTest::newRow("NUL after the value") << QByteArray("{}\0x", 4) << false;
    QTest::newRow("tail") << QByteArray("{} {}") << false;
    QTest::newRow("not UTF-8") << QByteArray("\"\xff\"") << false;
    QTest::newRow("lone surrogate") << QByteArray(R"("\ud800")") << false;
    QTest::newRow("64 deep") << QByteArray(64, '[') + QByteArray(64, ']') << true;
    QTest::newRow("65 deep") << QByteArray(65, '[') + QByteArray(65, ']') << false;
    QTest::newRow("100,000 deep") << QByteArray(100'000, '[') << false;
}

void BaseTest::jsonIsStrict() {
    QFETCH(QByteArray, text);
    QFETCH(bool, good);
    const auto value = parseJson({text.constData(), static_cast<std::size_t>(text.size())}, "test");
    QCOMPARE(value.has_value(), good);
    if (!good) {
        QCOMPARE(value.error().code, ErrorCode::Malformed);
        QVERIFY(value.error().message.starts_with("test: "));
    }
}

void BaseTest::onlyRegularFilesOpen() {
    const QTemporaryDir folder;
    const std::string pipe = folder.filePath("pipe").toStdString();
    QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
    QCOMPARE(File::open(pipe).error().code, ErrorCode::Unreadable);
    QCOMPARE(File::open(folder.path().toStdString()).error().code, ErrorCode::Unreadable);
    QCOMPARE(File::open("/dev/zero").error().code, ErrorCode::Unreadable);
    QCOMPARE(File::open(pipe + "-absent").error().code, ErrorCode::NotFound);
}

void BaseTest::shortFilesAreTruncated() {
    const QTemporaryDir folder;
    QFile file(folder.filePath("five"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("12345");
    file.close();
    const std::string path = file.fileName().toStdString();
    const auto opened = File::open(path);
    QVERIFY(opened.has_value());
    std::array<std::byte, 4> bytes{};
    QVERIFY(opened->readAt(1, bytes).has_value());
    QCOMPARE(static_cast<char>(bytes[3]), '5');
    QCOMPARE(opened->readAt(2, bytes).error().code, ErrorCode::Truncated);
    QCOMPARE(readWholeFile(path, 4).error().code, ErrorCode::TooLarge);
    QCOMPARE(readWholeFile(path, 5).value(), std::string("12345"));
}

QTEST_GUILESS_MAIN(BaseTest)
#include "tst_base.moc"
