// SPDX-License-Identifier: GPL-3.0-or-later
#include "made_files.h"

#include "core/checkpoint/half.h"
#include "core/checkpoint/tensor_layout.h"

#include <QtTest>
#include <cmath>
#include <limits>

using namespace isentrope;
using namespace isentrope::test;

class TensorReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void halvesAreExact_data();
    void halvesAreExact();
    void bfloat16IsTheUpperHalf();
    void extremesOfIntegersSurvive();
    void largeTensorsSpanChunks();
    void changedFilesAreRefused();
    void countsAreChecked();
    void reachesAreChecked();

private:
    MadeFiles m_files;
};

namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

QByteArray one(const char* type, int count, const QByteArray& data) {
    return safetensors(QByteArray(R"({"t":{"dtype":")") + type + R"(","shape":[)" +
                           QByteArray::number(count) + R"(],"data_offsets":[0,)" +
                           QByteArray::number(data.size()) + "]}}",
                       data);
}

} // namespace

void TensorReaderTest::halvesAreExact_data() {
    QTest::addColumn<quint16>("bits");
    QTest::addColumn<float>("value");
    const auto row = [](const char* name, std::uint16_t bits, float value) {
        QTest::newRow(name) << quint16{bits} << value;
    };
    row("zero", 0x0000, 0.0F);
    row("one", 0x3c00, 1.0F);
    row("minus two", 0xc000, -2.0F);
    row("a third", 0x3555, 0.333251953125F);
    row("largest", 0x7bff, 65504.0F);
    row("smallest normal", 0x0400, 0x1p-14F);
    row("largest subnormal", 0x03ff, 1023 * 0x1p-24F);
    row("smallest", 0x0001, 0x1p-24F);
    row("minus smallest", 0x8001, -0x1p-24F);
    row("infinite", 0x7c00, std::numeric_limits<float>::infinity());
    row("minus infinite", 0xfc00, -std::numeric_limits<float>::infinity());
}

void TensorReaderTest::halvesAreExact() {
    QFETCH(quint16, bits);
    QFETCH(float, value);
    const auto directory = m_files.open(one("F16", 1, number(bits)));
    const auto read = readFloats(*directory, directory->tensors.front()).value();
    QVERIFY(read.front() == value);
    QVERIFY(std::isnan(floatFromHalf(0x7e00)));
    QVERIFY(std::signbit(floatFromHalf(0x8000)));
}

void TensorReaderTest::bfloat16IsTheUpperHalf() {
    QCOMPARE(floatFromBfloat16(0x3f80), 1.0F);
    QCOMPARE(floatFromBfloat16(0xc049), -3.140625F);
    QVERIFY(std::isnan(floatFromBfloat16(0x7fc0)));
}

void TensorReaderTest::extremesOfIntegersSurvive() {
    const auto directory = m_files.open(
        one("I64", 2, number(largest) + number(std::numeric_limits<std::int64_t>::min())));
    const TensorEntry& tensor = directory->tensors.front();
    QCOMPARE(readIntegers(*directory, tensor).value(),
             (std::vector<std::int64_t>{largest, std::numeric_limits<std::int64_t>::min()}));
    QCOMPARE(readDoubles(*directory, tensor).value().front(), 0x1p63);
}

void TensorReaderTest::largeTensorsSpanChunks() {
    constexpr int count = 700'000; // 2.8 MB, three chunks
    QByteArray bytes;
    for (int i = 0; i < count; ++i)
        bytes += number(static_cast<std::uint32_t>(i));
    auto directory = m_files.open(one("I32", count, bytes)).value();
    TensorEntry tensor = directory.tensors.front();
    const auto straight = readIntegers(directory, tensor).value();
    tensor.shape = {1000, 700};
    tensor.strides = {1, 1000};
    const auto turned = readIntegers(directory, tensor).value();
    for (int i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        QCOMPARE(straight[at], std::int64_t{i});
        QCOMPARE(turned[at], std::int64_t{i / 700 + 1000 * (i % 700)});
    }
}

void TensorReaderTest::changedFilesAreRefused() {
    const QByteArray whole = one("F32", 2, QByteArray(8, '\0'));
    auto directory = m_files.open(whole).value();
    const TensorEntry tensor = directory.tensors.front();
    m_files.write(whole.chopped(1));
    QCOMPARE(readFloats(directory, tensor).error().code, ErrorCode::Truncated);
    directory.files.front() += "-absent";
    QCOMPARE(readFloats(directory, tensor).error().code, ErrorCode::NotFound);
}

void TensorReaderTest::countsAreChecked() {
    const auto count = [](std::vector<std::int64_t> shape) { return checkedCount(shape); };
    QCOMPARE(count({}).value(), 1);
    QCOMPARE(count({2, 3}).value(), 6);
    QCOMPARE(count({0, largest, largest}).value(), 0);
    QVERIFY(!count({largest, 2, 0}));
    QVERIFY(!count({-1}));
}

void TensorReaderTest::reachesAreChecked() {
    const auto reach = [](std::vector<std::int64_t> shape, std::vector<std::int64_t> strides) {
        return checkedReach(shape, strides);
    };
    QCOMPARE(reach({}, {}).value(), 1);
    QCOMPARE(reach({2, 3}, {3, 1}).value(), 6);
    QCOMPARE(reach({2, 3}, {1, 2}).value(), 6);
    QCOMPARE(reach({0, 3}, {largest, largest}).value(), 0);
    QCOMPARE(reach({2}, {largest - 1}).value(), largest);
    QVERIFY(!reach({2}, {largest}));
    QVERIFY(!reach({3}, {largest}));
    QVERIFY(!reach({2}, {-1}));
}

QTEST_GUILESS_MAIN(TensorReaderTest)
#include "tst_tensor_reader.moc"
