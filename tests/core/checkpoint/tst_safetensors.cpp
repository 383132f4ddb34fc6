// SPDX-License-Identifier: GPL-3.0-or-later
#include "made_files.h"

#include <QtTest>

using namespace isentrope;
using namespace isentrope::test;

class SafetensorsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goodOpens_data();
    void goodOpens();
    void badIsRefused_data();
    void badIsRefused();
    void badLengthIsRefused_data();
    void badLengthIsRefused();
    void manyTensorsAreRead_data();
    void manyTensorsAreRead();
    void entriesSayWhereTheirBytesLie();

private:
    MadeFiles m_files;
};

namespace {

const QByteArray tensorA = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
const QByteArray eight(8, '\1');

QByteArray record(const char* type, const char* shape, const char* offsets) {
    return QByteArray(R"({"a":{"dtype":")") + type + R"(","shape":)" + shape +
           R"(,"data_offsets":)" + offsets + "}}";
}

void row(const char* name, const QByteArray& header, const QByteArray& data = eight,
         const char* says = "") {
    QTest::newRow(name) << safetensors(header, data) << QByteArray(says);
}

} // namespace

void SafetensorsTest::goodOpens_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("unused");
    row("one tensor", "{" + tensorA + "}");
    row("leading space", "  \n{" + tensorA + "}");
    row("trailing space", "{" + tensorA + "}    ");
    row("no tensors", "{}", {});
    row("metadata", R"({"__metadata__":{"format":"pt"},)" + tensorA + "}");
    row("scalar", record("F64", "[]", "[0,8]"));
    row("size zero", record("F32", "[0,4]", "[0,0]"), {});
    row("size zero beside a large one", record("F32", "[0,4611686018427387904,2]", "[0,0]"), {});
    row("two of size zero share an offset",
        R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},)"
        R"("b":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})",
        {});
    row("misaligned",
        R"({"u":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
        R"("w":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}})",
        QByteArray(5, '\1'));
    row("unknown field", R"({"a":{"extra":[{"deep":null}],"dtype":"F32","shape":[2],)"
                         R"("data_offsets":[0,8],"more":-1.5}})");
    row("eight dimensions", record("U8", "[1,1,1,1,1,1,1,8]", "[0,8]"));
    row("name of another script", R"({"名":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})");
    for (const char* type : {"F64", "I64"})
        row(type, record(type, "[1]", "[0,8]"));
    for (const char* type : {"F32", "I32"})
        row(type, record(type, "[2]", "[0,8]"));
    for (const char* type : {"F16", "BF16", "I16"})
        row(type, record(type, "[4]", "[0,8]"));
    for (const char* type : {"I8", "U8", "BOOL"})
        row(type, record(type, "[8]", "[0,8]"));
}

void SafetensorsTest::goodOpens() {
    QFETCH(QByteArray, bytes);
    const auto directory = m_files.open(bytes);
    QVERIFY2(directory.has_value(), directory ? "" : directory.error().message.c_str());
    QCOMPARE(directory->format, std::string("safetensors"));
    for (const TensorEntry& tensor : directory->tensors)
        QCOMPARE(readDoubles(*directory, tensor).value().size(),
                 static_cast<std::size_t>(tensor.count()));
}

void SafetensorsTest::badIsRefused_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("says");
    row("not UTF-8", "{\"\xff\":{}}", eight, "not JSON");
    row("not JSON", "{hello}", eight, "not JSON");
    row("array", "[" + QByteArray("1]"), eight, "");
    row("null", "null", eight, "null");
    row("byte order mark", "\xEF\xBB\xBF{" + tensorA + "}", eight, "byte order mark");
    row("trailing NUL", "{" + tensorA + "}" + QByteArray(2, '\0'), eight, "NUL");
    row("trailing JSON", "{" + tensorA + "}{}", eight, "not JSON");
    row("NaN", record("F32", "[NaN]", "[0,8]"));
    row("comment", "{/**/" + tensorA + "}");
    row("single quotes", "{'a':{}}");
    row("trailing comma", "{" + tensorA + ",}");
    row("name twice", "{" + tensorA + "," + tensorA + "}", eight, "twice");
    row("name twice, other type",
        "{" + tensorA + R"(,"a":{"dtype":"I32","shape":[2],"data_offsets":[8,16]}})", eight + eight,
        "twice");
    row("name twice, escaped",
        "{" + tensorA + R"(,"\u0061":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})",
        eight + eight, "twice");
    row("metadata twice", R"({"__metadata__":{},"__metadata__":{},)" + tensorA + "}", eight,
        "twice");
    row("metadata key twice", R"({"__metadata__":{"k":"1","k":"2"},)" + tensorA + "}", eight,
        "twice");
    row("shape twice", R"({"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}})",
        eight, "twice");
    row("overlap", "{" + tensorA + R"(,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
        QByteArray(12, '\0'), "inside");
    row("same range", "{" + tensorA + R"(,"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
        eight, "inside");
    row("hole", "{" + tensorA + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}})",
        eight + eight, "hole");
    row("hole at the start", record("F32", "[2]", "[4,12]"), QByteArray(12, '\0'), "hole");
    row("tail", "{" + tensorA + "}", eight + "tail", "follow");
    row("zip behind", "{" + tensorA + "}", eight + "PK\x05\x06" + QByteArray(18, '\0'), "follow");
    row("data cut", "{" + tensorA + "}", eight.left(5), "incomplete");
    row("begin after end", record("F32", "[2]", "[8,0]"), eight, "behind its end");
    row("negative offset", record("F32", "[2]", "[-8,0]"), eight, "whole numbers");
    row("offset 8.0", record("F32", "[2]", "[0,8.0]"), eight, "whole numbers");
    row("offset 8e0", record("F32", "[2]", "[0,8e0]"), eight, "whole numbers");
    row("offset of all ones", record("F32", "[2]", "[18446744073709551608,18446744073709551615]"),
        eight);
    row("offset beyond 64 bits", record("F32", "[2]", "[0,36893488147419103232]"), eight,
        "whole numbers");
    row("three offsets", record("F32", "[2]", "[0,8,8]"), eight, "3 numbers");
    row("one offset", record("F32", "[2]", "[0]"), eight, "1 numbers");
    row("shape does not fit", record("F32", "[3]", "[0,8]"), eight, "need 12");
    row("shape overflows", record("F32", "[4294967296,4294967296,4]", "[0,8]"), eight, "overflows");
    row("shape wraps to 16", record("U8", "[4611686018427387908,4]", "[0,16]"), eight + eight,
        "overflows");
    row("bytes overflow", record("F64", "[2305843009213693952]", "[0,0]"), {}, "overflows");
    row("overflow, then zero", record("F32", "[4294967296,4294967296,0]", "[0,0]"), {},
        "overflows");
    row("negative size", record("F32", "[-2]", "[0,8]"), eight, "-2");
    row("size is text", record("F32", "[\"2\"]", "[0,8]"), eight, "\"2\"");
    row("nine dimensions", record("U8", "[1,1,1,1,1,1,1,1,8]", "[0,8]"), eight, "dimensions");
    for (const char* type : {"X9", "f32", "F4", "F8_E4M3", "C64", "U16"})
        row(type, record(type, "[2]", "[0,8]"), eight, "not supported");
    row("BOOL 2", record("BOOL", "[8]", "[0,8]"), QByteArray(8, '\2'), "BOOL");
    row("metadata is a number", R"({"__metadata__":1,)" + tensorA + "}", eight, "__metadata__");
    row("metadata holds a number", R"({"__metadata__":{"k":1},)" + tensorA + "}", eight, "text");
    row("metadata nested", R"({"__metadata__":{"k":{}},)" + tensorA + "}", eight, "text");
    row("metadata like a tensor",
        R"({"__metadata__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", eight, "text");
    row("empty name", R"({"":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", eight, "empty");
    row("name with NUL", R"({"a\u0000":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", eight,
        "control");
    row("name of 100 kB",
        "{\"" + QByteArray(100'000, 'n') + R"(":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
        eight, "100000 bytes");
    row("name ../", R"({"../a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", eight, "path");
    row("lone surrogate", R"({"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", eight,
        "not JSON");
    row("100,000 deep", R"({"a":{"x":)" + QByteArray(100'000, '['), eight, "deeper");
    row("tensor is a number", R"({"a":1})", eight, "object");
    row("no type", R"({"a":{"shape":[2],"data_offsets":[0,8]}})", eight, "lacks dtype");
    row("no shape", R"({"a":{"dtype":"F32","data_offsets":[0,8]}})", eight, "lacks shape");
    row("no offsets", R"({"a":{"dtype":"F32","shape":[2]}})", eight, "lacks data_offsets");
    row("type is a number", R"({"a":{"dtype":1,"shape":[2],"data_offsets":[0,8]}})", eight,
        "dtype");
    row("shape is an object", R"({"a":{"dtype":"F32","shape":{},"data_offsets":[0,8]}})", eight,
        "shape");
}

void SafetensorsTest::badIsRefused() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, says);
    const auto directory = m_files.open(bytes);
    QVERIFY(!directory.has_value());
    QVERIFY2(directory.error().message.find(says.toStdString()) != std::string::npos,
             directory.error().message.c_str());
    QVERIFY(directory.error().message.find("model.bin: ") != std::string::npos);
}

void SafetensorsTest::badLengthIsRefused_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("says");
    const auto length = [](const char* name, std::uint64_t value, const char* says) {
        QTest::newRow(name) << number(value) + "{" + tensorA + "}" + eight << QByteArray(says);
    };
    QTest::newRow("7 bytes") << QByteArray("\1\0\0\0\0\0\0", 7) << QByteArray("too short");
    QTest::newRow("8 bytes") << number<std::uint64_t>(2) << QByteArray("cut off");
    length("zero", 0, "header of 0 bytes");
    length("100 MB and one", 100'000'001, "at most 100000000");
    length("2^63", std::uint64_t{1} << 63, "at most");
    length("all ones", ~std::uint64_t{0}, "at most");
    length("minus 8", static_cast<std::uint64_t>(-8), "at most");
    length("past the end", 5000, "5000 bytes, but only");
}

void SafetensorsTest::badLengthIsRefused() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, says);
    const auto directory = m_files.open(bytes);
    QVERIFY(!directory.has_value());
    QVERIFY2(directory.error().message.find(says.toStdString()) != std::string::npos,
             directory.error().message.c_str());
}

void SafetensorsTest::manyTensorsAreRead_data() {
    QTest::addColumn<bool>("apart");
    QTest::newRow("100,000 tensors") << true;
    QTest::newRow("100,000 tensors in one place") << false;
}

void SafetensorsTest::manyTensorsAreRead() {
    QFETCH(bool, apart);
    constexpr int many = 100'000;
    QByteArray header = "{";
    for (int i = 0; i < many; ++i) {
        const int begin = apart ? i : 0;
        header += (i > 0 ? ",\"t" : "\"t") + QByteArray::number(i) +
                  R"(":{"dtype":"U8","shape":[1],"data_offsets":[)" + QByteArray::number(begin) +
                  "," + QByteArray::number(begin + 1) + "]}";
    }
    const auto path = m_files.write(safetensors(header + "}", QByteArray(many, '\0')));
    const auto directory = readTensorDirectory(path);
    QCOMPARE(directory.has_value(), apart);
    if (apart) QCOMPARE(directory->tensors.size(), static_cast<std::size_t>(many));
}

void SafetensorsTest::entriesSayWhereTheirBytesLie() {
    const QByteArray header = R"({"__metadata__":{"k":"v"},)"
                              R"("late":{"dtype":"I16","shape":[2,1,3],"data_offsets":[8,20]},)" +
                              tensorA + "}";
    const auto directory = m_files.open(safetensors(header, QByteArray(20, '\0')));
    QVERIFY(directory.has_value());
    QCOMPARE(directory->metadata.at("k"), std::string("v"));
    const TensorEntry* late = directory->find("late");
    QVERIFY(late != nullptr);
    QCOMPARE(late->type, ElementType::I16);
    QCOMPARE(late->shape, (std::vector<std::int64_t>{2, 1, 3}));
    QCOMPARE(late->strides, (std::vector<std::int64_t>{3, 3, 1}));
    QCOMPARE(late->offset, static_cast<std::uint64_t>(8 + header.size() + 8));
    QVERIFY(directory->find("absent") == nullptr);
}

QTEST_GUILESS_MAIN(SafetensorsTest)
#include "tst_safetensors.moc"
