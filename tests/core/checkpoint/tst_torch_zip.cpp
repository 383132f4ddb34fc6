// SPDX-License-Identifier: GPL-3.0-or-later
#include "made_torch.h"

#include <QtTest>
#include <functional>

using namespace isentrope;
using namespace isentrope::test;
namespace p = isentrope::test::pickle;

/// The archive around a sound pickle, entry by entry and byte by byte.
class TorchZipTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goodOpens_data();
    void goodOpens();
    void badIsRefused_data();
    void badIsRefused();
    void everyCutIsRefused();
    void everyFlippedBitIsRefusedOrHarmless();

private:
    MadeFiles m_files;
};

namespace {

std::vector<MadeEntry> entries() {
    return torchEntries(p::model(p::tensor()));
}
QByteArray sound() {
    return zip(entries());
}

QByteArray fixture() {
    return fileContent(QStringLiteral(TEST_DATA_DIR "/checkpoint-files/state-dict.bin"));
}

/// The sound archive after `change` of its entries.
QByteArray with(const std::function<void(std::vector<MadeEntry>&)>& change) {
    auto list = entries();
    change(list);
    return zip(list);
}

/// `bytes` with `value` written over what stands `behind` bytes after the n-th `mark`.
template <class T>
QByteArray patched(QByteArray bytes, const QByteArray& mark, int n, qsizetype behind, T value) {
    qsizetype at = -1;
    for (int i = 0; i <= n; ++i)
        at = bytes.indexOf(mark, at + 1);
    const QByteArray replacement = number(value);
    return bytes.replace(at + behind, replacement.size(), replacement);
}

const QByteArray local = "PK\x03\x04";
const QByteArray central = "PK\x01\x02";
const QByteArray end = "PK\x05\x06";
const QByteArray descriptor = "PK\x07\x08";

void row(const char* name, const QByteArray& bytes, const char* says = "") {
    QTest::newRow(name) << bytes << QByteArray(says);
}

} // namespace

void TorchZipTest::goodOpens_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("unused");
    row("sound", sound());
    row("no version", with([](auto& list) { list.pop_back(); }));
    row("no byteorder", with([](auto& list) { list.erase(list.begin() + 1); }));
    row("version 10", with([](auto& list) { list.back().content = "10"; }));
    row("further notes", with([](auto& list) {
            list.push_back({"archive/.data/serialization_id", "1234"});
        }));
}

void TorchZipTest::goodOpens() {
    QFETCH(QByteArray, bytes);
    const auto directory = m_files.open(bytes);
    QVERIFY2(directory.has_value(), directory ? "" : directory.error().message.c_str());
    QCOMPARE(readFloats(*directory, *directory->find("w")).value(),
             (std::vector<float>{0, 1, 2, 3, 4, 5}));
}

void TorchZipTest::badIsRefused_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("says");
    row("deflated", with([](auto& list) { list[2].method = 8; }), "compressed entry");
    row("encrypted", with([](auto& list) { list[2].flags = 1; }), "encrypted");
    row("sizes disagree", patched<std::uint32_t>(sound(), central, 2, 20, 23), "two sizes");
    row("size 4G",
        patched<std::uint32_t>(patched<std::uint32_t>(sound(), central, 2, 20, 0xf0000000), central,
                               2, 24, 0xf0000000));
    row("size needs zip64", patched<std::uint32_t>(sound(), central, 2, 24, 0xffffffff),
        "breaks off");
    row("two data.pkl", with([](auto& list) { list.push_back(list.front()); }), "twice");
    row("two roots", with([](auto& list) { list.back().name = "other/version"; }), "one folder");
    row("no root", with([](auto& list) { list.front().name = "data.pkl"; }), "one folder");
    row("no data.pkl", with([](auto& list) { list.erase(list.begin()); }), "without data.pkl");
    row("name ../", with([](auto& list) { list[2].name = "archive/../0"; }), "path");
    row("name with backslash", with([](auto& list) { list[2].name = "archive\\0"; }), "backslash");
    row("absolute name", with([](auto& list) { list[2].name = "/data/0"; }), "path");
    row("entries overlap", patched<std::uint32_t>(sound(), central, 2, 42, 40));
    row("entries in one place", patched<std::uint32_t>(sound(), central, 1, 42, 0));
    row("local name differs", patched<std::uint8_t>(sound(), local, 2, 30, 'X'), "differs");
    row("local size differs", patched<std::uint32_t>(sound(), local, 2, 18, 23), "differs");
    row("local method differs", patched<std::uint16_t>(sound(), local, 2, 8, 8), "differs");
    row("local CRC differs", patched<std::uint32_t>(sound(), local, 2, 14, 7), "differs");
    row("several disks", patched<std::uint16_t>(sound(), end, 0, 4, 1), "disks");
    row("count too large", patched<std::uint32_t>(sound(), end, 0, 8, 0x00050005), "breaks off");
    row("count too small", patched<std::uint32_t>(sound(), end, 0, 8, 0x00030003), "more entries");
    row("counts differ", patched<std::uint16_t>(sound(), end, 0, 8, 3), "disks");
    row("offset wrong", patched<std::uint32_t>(sound(), end, 0, 16, 9), "wrong place");
    row("directory size wrong", patched<std::uint32_t>(sound(), end, 0, 12, 9), "wrong place");
    row("comment", patched<std::uint16_t>(sound(), end, 0, 20, 4) + "text", "further bytes");
    row("script before", "#!/bin/sh\n" + sound(), "script");
    row("bytes before", "xx" + sound());
    row("bytes behind", sound() + "tail", "4 further bytes");
    row("pickle's CRC wrong", patched<std::uint8_t>(sound(), "\x80\x02}", 0, 1, 3), "damaged");
    row("weight's bit flipped", patched<std::uint8_t>(sound(), floats(6), 0, 9, 1), "damaged");
    row("byteorder big", with([](auto& list) { list[1].content = "big"; }), "byte order");
    row("version 999", with([](auto& list) { list.back().content = "999\n"; }), "999");
    row("version text", with([](auto& list) { list.back().content = "three"; }), "three");
    row("version empty", with([](auto& list) { list.back().content = ""; }), "version");
    row("version long", with([](auto& list) { list.back().content = QByteArray(99, '3'); }),
        "short text");
    row("TorchScript", with([](auto& list) {
            list.push_back({"archive/constants.pkl", "."});
        }),
        "TorchScript");
    row("npz", zip({{"a.npy", "x"}}), "NumPy");
    row("Keras", zip({{"config.json", "{}"}, {"model.weights.h5", "x"}}), "Keras");
    row("other zip", zip({{"readme.txt", "x"}}), "without data.pkl");
    row("BOOL 2",
        torchZip(p::model(p::tensorOf(p::storage(6, "0", "BoolStorage"), 0, {6}, {1})),
                 "\0\1\2\0\1\0"),
        "BOOL");
    row("descriptor lost", patched<std::uint8_t>(fixture(), descriptor, 1, 0, 'X'), "descriptor");
    row("descriptor's CRC", patched<std::uint32_t>(fixture(), descriptor, 1, 4, 7), "descriptor");
    row("descriptor's size", patched<std::uint32_t>(fixture(), descriptor, 1, 8, 7), "descriptor");
    row("zip64 place", patched<std::uint64_t>(fixture(), "PK\x06\x07", 0, 8, 7), "zip64");
    row("zip64 count", patched<std::uint64_t>(fixture(), "PK\x06\x06", 0, 32, 1));
}

void TorchZipTest::badIsRefused() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, says);
    const auto directory = m_files.open(bytes);
    QVERIFY(!directory.has_value());
    QVERIFY2(directory.error().message.find(says.toStdString()) != std::string::npos,
             directory.error().message.c_str());
}

void TorchZipTest::everyCutIsRefused() {
    const QByteArray bytes = fixture();
    for (qsizetype length = 0; length < bytes.size(); length += length < 200 ? 1 : 13) {
        const auto directory = m_files.open(bytes.left(length));
        QVERIFY2(!directory.has_value(), qPrintable(QString::number(length)));
        if (length >= 8) QCOMPARE(directory.error().code, ErrorCode::Truncated);
    }
    QCOMPARE(m_files.open(bytes.chopped(1)).error().code, ErrorCode::Truncated);
}

void TorchZipTest::everyFlippedBitIsRefusedOrHarmless() {
    const QByteArray bytes = fixture();
    const auto good = m_files.open(bytes);
    QVERIFY(good.has_value());
    const auto weight = readFloats(*good, good->tensors.front()).value();
    int accepted = 0;
    for (qsizetype at = 0; at < bytes.size(); ++at) {
        QByteArray flipped = bytes;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
        const auto directory = m_files.open(flipped);
        if (!directory) continue;
        ++accepted;
        QCOMPARE(readFloats(*directory, directory->tensors.front()).value(), weight);
    }
    // What is left are padding, times and attributes, which say nothing about the weights.
    QVERIFY2(accepted < bytes.size() / 2, qPrintable(QString::number(accepted)));
}

QTEST_GUILESS_MAIN(TorchZipTest)
#include "tst_torch_zip.moc"
