// SPDX-License-Identifier: GPL-3.0-or-later
#include "made_torch.h"

#include <QtTest>

using namespace isentrope;
using namespace isentrope::test;
namespace p = isentrope::test::pickle;

/// The format before zip: five pickles, then raw storages. Its pickles pass through the same
/// reader as those of a zip; here is what stands around them.
class TorchLegacyTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goodOpens_data();
    void goodOpens();
    void badIsRefused_data();
    void badIsRefused();
    void everyCutIsRefused();

private:
    MadeFiles m_files;
};

namespace {

const QByteArray magic =
    QByteArray("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
const QByteArray version = p::whole("M\xe9\x03");

QByteArray sysInfo(const QByteArray& littleEndian = "\x88") {
    return p::whole(p::dict(p::text("little_endian") + littleEndian));
}

QByteArray keys(const QByteArray& items) {
    return p::whole("](" + items + "e");
}
QByteArray record(std::int64_t count, const QByteArray& bytes) {
    return number(count) + bytes;
}

QByteArray file(const QByteArray& object, const QByteArray& order, const QByteArray& data) {
    return magic + version + sysInfo() + object + order + data;
}

/// ('storage', type, key, device, count, view) as the old format writes it.
QByteArray oldStorage(const QByteArray& view) {
    return p::tuple(p::text("storage") + p::global("torch", "FloatStorage") + p::text("0") +
                    p::text("cpu") + "K\6" + view) +
           "Q";
}

const QByteArray model = p::model(p::tensorOf(oldStorage("N"), 0, {2, 3}, {3, 1}));
const QByteArray order = keys(p::text("0"));

void row(const char* name, const QByteArray& bytes, const char* says = "") {
    QTest::newRow(name) << bytes << QByteArray(says);
}

} // namespace

void TorchLegacyTest::goodOpens_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("unused");
    row("sound", file(model, order, record(6, floats(6))));
    row("long pickles",
        file(p::whole(p::dict(p::text("note") + p::text(QByteArray(900'000, 'x')) +
                              p::text("more") + p::text(QByteArray(900'000, 'x')) +
                              p::text("model") + p::dict(p::text("w") + p::tensor()))),
             order, record(6, floats(6))));
}

void TorchLegacyTest::goodOpens() {
    QFETCH(QByteArray, bytes);
    const auto directory = m_files.open(bytes);
    QVERIFY2(directory.has_value(), directory ? "" : directory.error().message.c_str());
    QCOMPARE(directory->format, std::string("pytorch-legacy"));
    QCOMPARE(readFloats(*directory, *directory->find("w")).value(),
             (std::vector<float>{0, 1, 2, 3, 4, 5}));
}

void TorchLegacyTest::badIsRefused_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("says");
    const QByteArray data = record(6, floats(6));
    row("cut in the data", file(model, order, data.chopped(1)), "incomplete");
    row("cut in a count", file(model, order, data.left(4)), "incomplete");
    row("no data", file(model, order, {}), "incomplete");
    row("count differs", file(model, order, record(5, floats(6))), "two sizes");
    row("count negative", file(model, order, record(-6, floats(6))), "two sizes");
    row("tail", file(model, order, data + "x"), "follow");
    row("key twice", file(model, keys(p::text("0") + p::text("0")), data + data), "twice");
    row("key unknown", file(model, keys(p::text("0") + p::text("1")), data + data), "without");
    row("key missing", file(model, p::whole("]"), {}), "lacks the storage");
    row("key is a number", file(model, keys("K\1"), data), "keys");
    row("keys are a dict", file(model, p::whole("}"), data), "keys");
    row("view of a storage", file(p::model(p::tensorOf(oldStorage(")"), 0, {6}, {1})), order, data),
        "not a storage");
    row("other version", magic + p::whole("M\xe8\x03") + sysInfo() + model + order + data, "1001");
    row("big-endian", magic + version + sysInfo("\x89") + model + order + data, "little-endian");
    row("no byte order", magic + version + p::whole("}") + model + order + data, "little-endian");
    row("system is a list", magic + version + p::whole("]") + model + order + data,
        "little-endian");
    row("only the magic number", magic, "breaks off");
    row("code in the object",
        file(p::whole(p::global("os", "system") + p::tuple(p::text("touch canary")) + "R"), order,
             data),
        "asks to run os.system");
    row("code in the system",
        magic + version + p::whole(p::global("os", "system") + p::tuple(p::text("x")) + "R"),
        "asks to run os.system");
    row("code in the keys",
        file(model, p::whole(p::global("os", "system") + p::tuple(p::text("x")) + "R"), data),
        "asks to run os.system");
    row("text of 4 GB", file(p::whole("X\xff\xff\xff\xff"), order, data), "4294967295");
    row("storage of 2^40",
        file(p::model(p::tensorOf(p::storage(std::int64_t{1} << 40), 0, {6}, {1})), order, data),
        "incomplete");
}

void TorchLegacyTest::badIsRefused() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, says);
    const auto directory = m_files.open(bytes);
    QVERIFY(!directory.has_value());
    QVERIFY2(directory.error().message.find(says.toStdString()) != std::string::npos,
             directory.error().message.c_str());
}

void TorchLegacyTest::everyCutIsRefused() {
    const QByteArray bytes = file(model, order, record(6, floats(6)));
    for (qsizetype length = 0; length < bytes.size(); ++length)
        QVERIFY2(!m_files.open(bytes.left(length)), qPrintable(QString::number(length)));
}

QTEST_GUILESS_MAIN(TorchLegacyTest)
#include "tst_torch_legacy.moc"
