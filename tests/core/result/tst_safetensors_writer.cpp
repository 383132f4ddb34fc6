// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/safetensors_writer.h"

#include "core/base/json.h"
#include "full_disk.h"
#include "result_folder.h"

#include <QtTest>

#include <cstring>

using namespace isentrope;

class SafetensorsWriterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyTensorReadsBack();
    void dataIsAligned_data();
    void dataIsAligned();
    void anEmptyFileIsAFile();
    void badDeclarations_data();
    void badDeclarations();
    void badPieces_data();
    void badPieces();
    void textThatIsNotUtf8();
    void aFullDiskLeavesTheOldFile();
};

namespace {

/// The three parts of a safetensors file, read by the rules of the format alone.
struct Parts {
    std::uint64_t headerBytes = 0;
    Json header;
    QByteArray data;
};

Parts split(const QByteArray& file) {
    Parts parts;
    std::memcpy(&parts.headerBytes, file.constData(), 8);
    const auto size = static_cast<qsizetype>(parts.headerBytes);
    parts.header = Json::parse(file.mid(8, size).toStdString());
    parts.data = file.mid(8 + size);
    return parts;
}

template <class T>
std::vector<T> numbersOf(const Parts& parts, const char* name) {
    const Json& offsets = parts.header.at(name).at("data_offsets");
    const auto begin = offsets.at(0).get<std::size_t>(), end = offsets.at(1).get<std::size_t>();
    std::vector<T> numbers((end - begin) / sizeof(T));
    std::memcpy(numbers.data(), parts.data.constData() + begin, end - begin);
    return numbers;
}

} // namespace

void SafetensorsWriterTest::everyTensorReadsBack() {
    const ResultFolder folder;
    auto writer = SafetensorsWriter::create(folder.path("a"),
                                            {{"lse", NumberType::F32, {3}},
                                             {"map", NumberType::F32, {2, 2}},
                                             {"ids", NumberType::I64, {2}},
                                             {"sum", NumberType::F64, {}}},
                                            {{"scheme", "pi+logn"}});
    QVERIFY(writer.has_value());
    QVERIFY(writer->append("map", std::vector<float>{1, 2}).has_value());
    QVERIFY(writer->append("sum", std::vector<double>{0.1}).has_value());
    QVERIFY(writer->append("ids", std::vector<std::int64_t>{-7, 1LL << 40}).has_value());
    QVERIFY(writer->append("lse", std::vector<float>{-1, 0, 0.1F}).has_value());
    QVERIFY(writer->append("map", std::vector<float>{3, 4}).has_value());
    QVERIFY(writer->commit().has_value());
    const Parts parts = split(folder.content("a"));
    QCOMPARE(parts.header.size(), 5U);
    QVERIFY(parts.header.at("__metadata__") == Json({{"scheme", "pi+logn"}}));
    QVERIFY(parts.header.at("map").at("shape") == Json({2, 2}));
    QVERIFY(parts.header.at("sum").at("shape") == Json::array());
    QCOMPARE(parts.header.at("ids").at("dtype").get<std::string>(), std::string("I64"));
    QCOMPARE(parts.data.size(), 3 * 4 + 4 * 4 + 2 * 8 + 8);
    QCOMPARE(numbersOf<float>(parts, "map"), (std::vector<float>{1, 2, 3, 4}));
    QCOMPARE(numbersOf<float>(parts, "lse"), (std::vector<float>{-1, 0, 0.1F}));
    QCOMPARE(numbersOf<double>(parts, "sum"), std::vector<double>{0.1});
    QCOMPARE(numbersOf<std::int64_t>(parts, "ids"), (std::vector<std::int64_t>{-7, 1LL << 40}));
}

void SafetensorsWriterTest::dataIsAligned_data() {
    QTest::addColumn<int>("letters");
    for (int letters = 1; letters <= 9; ++letters)
        QTest::addRow("a name of %d", letters) << letters;
}

void SafetensorsWriterTest::dataIsAligned() {
    QFETCH(int, letters);
    const ResultFolder folder;
    const std::string name(static_cast<std::size_t>(letters), 'x');
    auto writer = SafetensorsWriter::create(
        folder.path("a"), {{"odd", NumberType::F32, {1}}, {name, NumberType::I64, {1}}}, {});
    QVERIFY(writer.has_value());
    QVERIFY(writer->append("odd", std::vector<float>{1}).has_value());
    QVERIFY(writer->append(name, std::vector<std::int64_t>{2}).has_value());
    QVERIFY(writer->commit().has_value());
    const Parts parts = split(folder.content("a"));
    QCOMPARE(parts.headerBytes % 8, 0U);
    QCOMPARE(parts.header.at(name).at("data_offsets").at(0).get<int>() % 8, 0);
    QCOMPARE(parts.data.size(), 12);
    QVERIFY(!parts.header.contains("__metadata__"));
}

void SafetensorsWriterTest::anEmptyFileIsAFile() {
    const ResultFolder folder;
    auto writer =
        SafetensorsWriter::create(folder.path("a"), {{"none", NumberType::F32, {0, 5}}}, {});
    QVERIFY(writer.has_value() && writer->commit().has_value());
    const Parts parts = split(folder.content("a"));
    QVERIFY(parts.header.at("none").at("data_offsets") == Json({0, 0}));
    QVERIFY(parts.data.isEmpty());
}

void SafetensorsWriterTest::badDeclarations_data() {
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QList<qint64>>("shape");
    QTest::addColumn<ErrorCode>("code");
    const qint64 most = std::numeric_limits<qint64>::max();
    QTest::newRow("twice") << QByteArray("a") << QList<qint64>{1} << ErrorCode::BadUsage;
    QTest::newRow("no name") << QByteArray() << QList<qint64>{1} << ErrorCode::BadUsage;
    QTest::newRow("kept name") << QByteArray("__metadata__") << QList<qint64>{1}
                               << ErrorCode::BadUsage;
    QTest::newRow("negative") << QByteArray("b") << QList<qint64>{-1} << ErrorCode::OutOfRange;
    QTest::newRow("product") << QByteArray("b") << QList<qint64>{1LL << 32, 1LL << 32}
                             << ErrorCode::TooLarge;
    QTest::newRow("one size") << QByteArray("b") << QList<qint64>{most} << ErrorCode::TooLarge;
    QTest::newRow("sum") << QByteArray("b") << QList<qint64>{most / 4} << ErrorCode::TooLarge;
    QTest::newRow("the disk") << QByteArray("b") << QList<qint64>{1LL << 56}
                              << ErrorCode::WriteFailed;
}

void SafetensorsWriterTest::badDeclarations() {
    QFETCH(QByteArray, name);
    QFETCH(QList<qint64>, shape);
    QFETCH(ErrorCode, code);
    const ResultFolder folder;
    const auto writer = SafetensorsWriter::create(
        folder.path("f"),
        {{"a", NumberType::F32, {1}},
         {name.toStdString(), NumberType::F32, {shape.begin(), shape.end()}}},
        {});
    QVERIFY(!writer.has_value());
    QCOMPARE(writer.error().code, code);
    QVERIFY(writer.error().message.starts_with(folder.path("f").string()));
    QCOMPARE(folder.names(), QStringList{});
}

void SafetensorsWriterTest::badPieces_data() {
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<int>("count");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("unknown") << QByteArray("b") << 1 << QByteArray("was not declared");
    QTest::newRow("too many") << QByteArray("a") << 4 << QByteArray("has room for 3 more numbers");
    QTest::newRow("wrong type") << QByteArray("i") << 1 << QByteArray("declared as I64, not F32");
    QTest::newRow("too few") << QByteArray("a") << 2 << QByteArray("\"a\": lacks 1 numbers");
}

void SafetensorsWriterTest::badPieces() {
    QFETCH(QByteArray, name);
    QFETCH(int, count);
    QFETCH(QByteArray, reason);
    const ResultFolder folder;
    QVERIFY(folder.put("f", "old"));
    {
        auto writer = SafetensorsWriter::create(
            folder.path("f"), {{"a", NumberType::F32, {3}}, {"i", NumberType::I64, {0}}}, {});
        QVERIFY(writer.has_value());
        auto done = writer->append(name.toStdString(),
                                   std::vector<float>(static_cast<std::size_t>(count), 1));
        if (done) done = writer->commit();
        QVERIFY(!done.has_value());
        QCOMPARE(done.error().code, ErrorCode::Mismatch);
        QVERIFY2(done.error().message.find(reason.constData()) != std::string::npos,
                 done.error().message.c_str());
    }
    QCOMPARE(folder.names(), QStringList{"f"});
    QCOMPARE(folder.content("f"), QByteArray("old"));
}

void SafetensorsWriterTest::textThatIsNotUtf8() {
    const ResultFolder folder;
    const auto writer = SafetensorsWriter::create(folder.path("f"), {}, {{"device", "\xff"}});
    QCOMPARE(writer.error().code, ErrorCode::Malformed);
}

void SafetensorsWriterTest::aFullDiskLeavesTheOldFile() {
    const ResultFolder folder;
    QVERIFY(folder.put("f", "old"));
    {
        auto writer =
            SafetensorsWriter::create(folder.path("f"), {{"a", NumberType::F32, {50'000}}}, {});
        QVERIFY(writer.has_value());
        const std::vector<float> rows(25'000, 1);
        const FullDisk full(150'000);
        QVERIFY(writer->append("a", rows).has_value());
        const auto second = writer->append("a", rows);
        QVERIFY(!second.has_value());
        QCOMPARE(second.error().code, ErrorCode::WriteFailed);
        QVERIFY(second.error().message.find("needs 200 kB") != std::string::npos);
        QVERIFY(!writer->commit().has_value());
    }
    QCOMPARE(folder.names(), QStringList{"f"});
    QCOMPARE(folder.content("f"), QByteArray("old"));
}

QTEST_GUILESS_MAIN(SafetensorsWriterTest)
#include "tst_safetensors_writer.moc"
