// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/sha256.h"

#include <QCryptographicHash>
#include <QTemporaryDir>
#include <QtTest>

using namespace isentrope;

class Sha256Test : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void publishedVectors_data();
    void publishedVectors();
    void everyLengthAndCut();
    void bothPathsAgree();
    void theSumCanGoOn();
    void filesAreReadWhole();
    void filesThatCannotBeRead();
};

namespace {

std::string bytesOfLength(std::size_t length) {
    std::string text(length, '\0');
    for (std::size_t i = 0; i < length; ++i)
        text[i] = static_cast<char>(i * 131 + i / 251);
    return text;
}

std::string oracle(const std::string& text) {
    return QCryptographicHash::hash(QByteArray::fromStdString(text), QCryptographicHash::Sha256)
        .toHex()
        .toStdString();
}

} // namespace

void Sha256Test::publishedVectors_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("digest");
    QTest::newRow("empty")
        << QByteArray()
        << QByteArray("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    QTest::newRow("one block")
        << QByteArray("abc")
        << QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    QTest::newRow("two blocks")
        << QByteArray("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        << QByteArray("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    QTest::newRow("a million letters")
        << QByteArray(1'000'000, 'a')
        << QByteArray("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

void Sha256Test::publishedVectors() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, digest);
    QCOMPARE(sha256(text.toStdString()), digest.toStdString());
    Sha256 portable(sha256BlocksPortable);
    portable.update(text.toStdString());
    QCOMPARE(portable.hex(), digest.toStdString());
}

void Sha256Test::everyLengthAndCut() {
    for (std::size_t length = 0; length <= 200; ++length) {
        const std::string text = bytesOfLength(length);
        for (std::size_t cut = 0; cut <= length; cut += 13) {
            Sha256 sum;
            sum.update(std::string_view(text).substr(0, cut));
            sum.update(std::string_view(text).substr(cut));
            QCOMPARE(sum.hex(), oracle(text));
        }
    }
}

void Sha256Test::bothPathsAgree() {
    const Sha256Blocks byProcessor = sha256BlocksByProcessor();
    if (byProcessor == nullptr) QSKIP("this processor has no SHA instructions");
    for (const std::size_t length : {0U, 1U, 63U, 64U, 65U, 127U, 128U, 4096U, 100'003U}) {
        const std::string text = bytesOfLength(length);
        Sha256 fast(byProcessor), portable(sha256BlocksPortable);
        fast.update(text);
        portable.update(text);
        QCOMPARE(fast.hex(), portable.hex());
    }
}

void Sha256Test::theSumCanGoOn() {
    Sha256 sum;
    sum.update("ab");
    QCOMPARE(sum.hex(), sha256("ab"));
    sum.update("c");
    QCOMPARE(sum.hex(), sha256("abc"));
}

void Sha256Test::filesAreReadWhole() {
    const QTemporaryDir folder;
    for (const std::size_t length : {0U, 5U, (1U << 20) - 1, 1U << 20, (2U << 20) + 7}) {
        const std::string text = bytesOfLength(length);
        QFile file(folder.filePath("bytes"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(text.data(), static_cast<qint64>(text.size())),
                 static_cast<qint64>(text.size()));
        file.close();
        QCOMPARE(sha256File(file.fileName().toStdString()).value(), oracle(text));
    }
}

void Sha256Test::filesThatCannotBeRead() {
    const QTemporaryDir folder;
    QCOMPARE(sha256File(folder.filePath("absent").toStdString()).error().code, ErrorCode::NotFound);
    QFile file(folder.filePath("five"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("12345") == 5);
    file.close();
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(sha256File(file.fileName().toStdString(), stop.get_token()).error().code,
             ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(Sha256Test)
#include "tst_sha256.moc"
