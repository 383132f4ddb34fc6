// SPDX-License-Identifier: GPL-3.0-or-later
#include "made_torch.h"

#include <QtTest>

using namespace isentrope;
using namespace isentrope::test;

class ShardedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void shardsAreOneDirectory();
    void badIndexIsRefused_data();
    void badIndexIsRefused();

private:
    Expected<TensorDirectory> open(const QByteArray& map);
    MadeFiles m_files;
};

namespace {

QByteArray oneByte(const char* name, char value) {
    return safetensors(QByteArray("{\"") + name +
                           R"(":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                       QByteArray(1, value));
}

} // namespace

Expected<TensorDirectory> ShardedTest::open(const QByteArray& map) {
    m_files.write(oneByte("a", 1), QStringLiteral("one.safetensors"));
    m_files.write(oneByte("b", 2), QStringLiteral("two.safetensors"));
    m_files.write(torchZip(pickle::model(pickle::tensor())), QStringLiteral("three.bin"));
    m_files.write("broken", QStringLiteral("broken.safetensors"));
    return readShardedDirectory(
        m_files.write(R"({"metadata":{"total_size":2},"weight_map":)" + map + "}",
                      QStringLiteral("model.safetensors.index.json")));
}

void ShardedTest::shardsAreOneDirectory() {
    const auto directory = open(R"({"b":"two.safetensors","a":"one.safetensors"})");
    QVERIFY2(directory.has_value(), directory ? "" : directory.error().message.c_str());
    QCOMPARE(directory->format, std::string("safetensors-sharded"));
    QCOMPARE(directory->files.size(), std::size_t{2});
    QCOMPARE(readFloats(*directory, *directory->find("a")).value(), std::vector<float>{1});
    QCOMPARE(readFloats(*directory, *directory->find("b")).value(), std::vector<float>{2});
}

void ShardedTest::badIndexIsRefused_data() {
    QTest::addColumn<QByteArray>("map");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char* name, const char* map, const char* says) {
        QTest::newRow(name) << QByteArray(map) << QByteArray(says);
    };
    row("../", R"({"a":"../one.safetensors"})", "leads out");
    row("absolute", R"({"a":"/tmp/one.safetensors"})", "leads out");
    row("folder", R"({"a":"sub/one.safetensors"})", "leads out");
    row("drive", R"({"a":"C:\\one.safetensors"})", "leads out");
    row("drive without a slash", R"({"a":"C:one.safetensors"})", "leads out");
    row("URL", R"({"a":"https://example.org/one.safetensors"})", "leads out");
    row("dot", R"({"a":"."})", "leads out");
    row("dots", R"({"a":".."})", "leads out");
    row("empty name", R"({"a":""})", "empty");
    row("NUL", R"({"a":"one\u0000.safetensors"})", "control");
    row("shard missing", R"({"a":"one.safetensors","b":"absent.safetensors"})", "no such file");
    row("shard broken", R"({"a":"broken.safetensors"})", "broken.safetensors");
    row("name twice", R"({"a":"one.safetensors","a":"one.safetensors"})", "twice");
    row("name in another shard", R"({"a":"two.safetensors","b":"one.safetensors"})", "stands in");
    row("name not listed", R"({"b":"two.safetensors","c":"one.safetensors"})", "does not list");
    row("name not there", R"({"a":"one.safetensors","c":"one.safetensors"})", "does not hold");
    row("two formats", R"({"a":"one.safetensors","w":"three.bin"})", "different formats");
    row("empty map", "{}", "no tensors");
    row("map is a list", "[]", "weight_map");
    row("file is a number", R"({"a":1})", "no file");
    row("not JSON", "{", "not JSON");
}

void ShardedTest::badIndexIsRefused() {
    QFETCH(QByteArray, map);
    QFETCH(QByteArray, says);
    const auto directory = open(map);
    QVERIFY(!directory.has_value());
    QVERIFY2(directory.error().message.find(says.toStdString()) != std::string::npos,
             directory.error().message.c_str());
}

QTEST_GUILESS_MAIN(ShardedTest)
#include "tst_sharded.moc"
