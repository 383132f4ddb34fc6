// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/npy.h"

#include "core/result/npy_header.h"
#include "core/result/sidecar.h"
#include "full_disk.h"
#include "result_folder.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace isentrope;

class NpyTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyTypeReadsBack();
    void notFiniteNumbersStay();
    void headersBeginNumbersAt64();
    void otherFormatsOfTheHeader_data();
    void otherFormatsOfTheHeader();
    void badHeaders_data();
    void badHeaders();
    void badFiles_data();
    void badFiles();
    void theShapeMustFit();
    void provenanceStandsBeside();
    void aFullDiskLeavesBothFiles();
};

namespace {

/// A file of two floats, format `major`.0.
QByteArray fileOf(int major, QByteArray dictionary, int numbers = 2) {
    QByteArray file("\x93NUMPY");
    file += static_cast<char>(major);
    file += '\0';
    const auto size = static_cast<unsigned>(dictionary.size());
    for (unsigned i = 0; i < (major == 1 ? 2U : 4U); ++i)
        file += static_cast<char>(size >> (8 * i) & 0xff);
    return file + dictionary + QByteArray(4 * numbers, '\0');
}

const QByteArray twoFloats("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n");

} // namespace

void NpyTest::everyTypeReadsBack() {
    const ResultFolder folder;
    const std::vector<NpyArray> arrays = {
        {{2, 3}, std::vector<float>{1, 2, 3, 4, 5, 0.1F}},
        {{}, std::vector<double>{0.1}},
        {{2}, std::vector<std::int64_t>{-1, std::numeric_limits<std::int64_t>::max()}},
        {{0, 4}, std::vector<float>{}},
        {{1, 1, 2}, std::vector<double>{-0.0, 1e-300}}};
    for (const NpyArray& array : arrays) {
        QVERIFY(writeNpy(folder.path("a.npy"), array, {}).has_value());
        const auto read = readNpy(folder.path("a.npy"));
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->shape, array.shape);
        QVERIFY(read->numbers == array.numbers);
    }
}

void NpyTest::notFiniteNumbersStay() {
    const ResultFolder folder;
    const NpyArray array = {{2}, std::vector<float>{std::nanf(""), -HUGE_VALF}};
    QVERIFY(writeNpy(folder.path("a.npy"), array, {}).has_value());
    const auto read = readNpy(folder.path("a.npy"));
    QVERIFY(read.has_value());
    const auto& numbers = std::get<std::vector<float>>(read->numbers);
    QVERIFY(std::isnan(numbers[0]));
    QCOMPARE(numbers[1], -HUGE_VALF);
}

void NpyTest::headersBeginNumbersAt64() {
    std::vector<std::int64_t> shape;
    for (int dimension = 0; dimension < 12; ++dimension) {
        const std::string text = npyHeaderText({NumberType::F64, shape});
        QCOMPARE(text.size() % 64, 0U);
        QVERIFY(text.ends_with(" \n") || text.ends_with("}\n"));
        const auto parsed = parseNpyHeader(std::string_view(text).substr(10), "test");
        QVERIFY(parsed.has_value());
        QCOMPARE(parsed->shape, shape);
        shape.push_back(dimension * 1000);
    }
}

void NpyTest::otherFormatsOfTheHeader_data() {
    QTest::addColumn<QByteArray>("file");
    const QByteArray reordered("{\"shape\":(1,2),'fortran_order':False,'descr':'<f4'}");
    QTest::newRow("1.0") << fileOf(1, twoFloats);
    QTest::newRow("2.0") << fileOf(2, twoFloats);
    QTest::newRow("3.0") << fileOf(3, twoFloats);
    QTest::newRow("another order, no spaces") << fileOf(1, reordered);
}

void NpyTest::otherFormatsOfTheHeader() {
    QFETCH(QByteArray, file);
    const ResultFolder folder;
    QVERIFY(folder.put("a", file));
    const auto read = readNpy(folder.path("a"));
    QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
    QCOMPARE(std::get<std::vector<float>>(read->numbers), (std::vector<float>{0, 0}));
}

void NpyTest::badHeaders_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<ErrorCode>("code");
    const auto row = [](const char* name, const char* text, ErrorCode code) {
        QTest::newRow(name) << QByteArray(text) << code;
    };
    using enum ErrorCode;
    row("empty", "", Malformed);
    row("no shape", "{'descr': '<f4', 'fortran_order': False}", Malformed);
    row("a key twice", "{'descr':'<f4','descr':'<f4','fortran_order':False,'shape':()}", Malformed);
    row("a further key", "{'descr':'<f4','fortran_order':False,'shape':(),'a':'b'}", Malformed);
    row("a tail", "{'descr':'<f4','fortran_order':False,'shape':()} x", Malformed);
    row("cut", "{'descr':'<f4','fortran_order':False,'shape':(2", Malformed);
    row("no tuple", "{'descr':'<f4','fortran_order':False,'shape':(2)}", Malformed);
    row("negative", "{'descr':'<f4','fortran_order':False,'shape':(-2,)}", Malformed);
    row("a large size", "{'descr':'<f4','fortran_order':False,'shape':(99999999999999999999,)}",
        Malformed);
    row("fields", "{'descr':[('a','<f4')],'fortran_order':False,'shape':()}", Malformed);
    row("objects", "{'descr':'|O','fortran_order':False,'shape':()}", Unsafe);
    row("halves", "{'descr':'<f2','fortran_order':False,'shape':()}", Unsupported);
    row("big-endian", "{'descr':'>f4','fortran_order':False,'shape':()}", Unsupported);
    row("by column", "{'descr':'<f4','fortran_order':True,'shape':()}", Unsupported);
}

void NpyTest::badHeaders() {
    QFETCH(QByteArray, text);
    QFETCH(ErrorCode, code);
    const auto header = parseNpyHeader(text.toStdString(), "test");
    QVERIFY(!header.has_value());
    QCOMPARE(header.error().code, code);
    QVERIFY(header.error().message.starts_with("test: "));
}

void NpyTest::badFiles_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<ErrorCode>("code");
    QByteArray huge = fileOf(2, twoFloats);
    huge.replace(8, 4, QByteArray("\xff\xff\xff\x7f", 4));
    const QByteArray overflow =
        QByteArray(twoFloats).replace("(2,)", "(4294967296, 4294967296, 4294967296)");
    QTest::newRow("empty") << QByteArray() << ErrorCode::Truncated;
    QTest::newRow("another kind") << QByteArray(64, 'x') << ErrorCode::Malformed;
    QTest::newRow("format 4.0") << fileOf(4, twoFloats) << ErrorCode::Unsupported;
    QTest::newRow("a header of 2 GB") << huge << ErrorCode::TooLarge;
    QTest::newRow("a header cut off") << fileOf(1, twoFloats).left(30) << ErrorCode::Truncated;
    QTest::newRow("a number lost") << fileOf(1, twoFloats, 1) << ErrorCode::Truncated;
    QTest::newRow("a number more") << fileOf(1, twoFloats, 3) << ErrorCode::Malformed;
    QTest::newRow("a shape beyond all") << fileOf(1, overflow) << ErrorCode::TooLarge;
}

void NpyTest::badFiles() {
    QFETCH(QByteArray, file);
    QFETCH(ErrorCode, code);
    const ResultFolder folder;
    QVERIFY(folder.put("a", file));
    const auto read = readNpy(folder.path("a"));
    QVERIFY(!read.has_value());
    QCOMPARE(read.error().code, code);
    QVERIFY(read.error().message.starts_with(folder.path("a").string() + ": "));
}

void NpyTest::theShapeMustFit() {
    const ResultFolder folder;
    const auto written = writeNpy(folder.path("a"), {{3}, std::vector<float>{1, 2}}, {});
    QCOMPARE(written.error().code, ErrorCode::Mismatch);
    QCOMPARE(folder.names(), QStringList{});
    QVERIFY(writeNpy(folder.path("a"), {{2}, std::vector<float>{1, 2}}, {}).has_value());
    QCOMPARE(readNpy(folder.path("a"), 7).error().code, ErrorCode::TooLarge);
    QVERIFY(readNpy(folder.path("a"), 8).has_value());
}

void NpyTest::provenanceStandsBeside() {
    const ResultFolder folder;
    Provenance provenance;
    provenance.scheme = "rope+softmax";
    provenance.length = 128;
    const NpyArray array = {{1}, std::vector<float>{1}};
    QVERIFY(writeNpy(folder.path("a.npy"), array, provenance).has_value());
    QCOMPARE(folder.names(), (QStringList{"a.npy", "a.npy.json"}));
    const auto read = readSidecar(folder.path("a.npy"));
    QVERIFY(read.has_value());
    QVERIFY(read->fields() == provenance.fields());
    QVERIFY(folder.put("a.npy.json", "{}"));
    QCOMPARE(readSidecar(folder.path("a.npy")).error().code, ErrorCode::Malformed);
}

void NpyTest::aFullDiskLeavesBothFiles() {
    const ResultFolder folder;
    QVERIFY(folder.put("a.npy", "old") && folder.put("a.npy.json", "old too"));
    const FullDisk full(65'536);
    const NpyArray array = {{50'000}, std::vector<float>(50'000, 1)};
    QCOMPARE(writeNpy(folder.path("a.npy"), array, {}).error().code, ErrorCode::WriteFailed);
    QCOMPARE(folder.content("a.npy"), QByteArray("old"));
    QCOMPARE(folder.content("a.npy.json"), QByteArray("old too"));
    QCOMPARE(folder.names(), (QStringList{"a.npy", "a.npy.json"}));
}

QTEST_GUILESS_MAIN(NpyTest)
#include "tst_npy.moc"
