// SPDX-License-Identifier: GPL-3.0-or-later
#include "made_files.h"

#include <QtTest>

using namespace isentrope;
using namespace isentrope::test;

/// Files that PyTorch itself wrote (see tests/data/make-torch-files.py), in both of its formats,
/// and one random model in five files.
class TorchFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyTypeReads_data();
    void everyTypeReads();
    void layoutsAreKept_data();
    void layoutsAreKept();
    void statesOpen_data();
    void statesOpen();
    void othersAreRefused_data();
    void othersAreRefused();
    void oneModelInFiveFilesIsTheSame_data();
    void oneModelInFiveFilesIsTheSame();
};

namespace {

Expected<TensorDirectory> data(const QString& name) {
    return readTensorDirectory((QStringLiteral(TEST_DATA_DIR "/") + name).toStdString());
}

void bothFormats(const char* name) {
    const QByteArray base = name;
    QTest::addRow("%s", name) << "checkpoint-files/" + base + ".bin";
    QTest::addRow("%s, legacy", name) << "checkpoint-files/" + base + "-legacy.bin";
}

using Floats = std::vector<float>;
using Sizes = std::vector<std::int64_t>;

} // namespace

void TorchFilesTest::everyTypeReads_data() {
    QTest::addColumn<QByteArray>("name");
    bothFormats("every-type");
}

void TorchFilesTest::everyTypeReads() {
    QFETCH(QByteArray, name);
    const auto directory = data(name);
    QVERIFY2(directory.has_value(), directory ? "" : directory.error().message.c_str());
    QCOMPARE(directory->tensors.size(), std::size_t{10});
    for (const TensorEntry& tensor : directory->tensors) {
        const bool isBool = tensor.type == ElementType::Bool;
        const std::vector<double> expected =
            isBool ? std::vector<double>{1, 0, 1} : std::vector<double>{0, 1, 2, 3, 4, 5};
        QCOMPARE(readDoubles(*directory, tensor).value(), expected);
    }
    QCOMPARE(directory->find("bfloat16")->type, ElementType::BF16);
    QCOMPARE(directory->find("int8")->type, ElementType::I8);
    QCOMPARE(readIntegers(*directory, *directory->find("int64")).value(),
             (Sizes{0, 1, 2, 3, 4, 5}));
    QCOMPARE(readIntegers(*directory, *directory->find("float16")).error().code,
             ErrorCode::Mismatch);
}

void TorchFilesTest::layoutsAreKept_data() {
    QTest::addColumn<QByteArray>("name");
    bothFormats("layouts");
}

void TorchFilesTest::layoutsAreKept() {
    QFETCH(QByteArray, name);
    const auto directory = data(name);
    QVERIFY2(directory.has_value(), directory ? "" : directory.error().message.c_str());
    const auto floats = [&](const char* tensor) {
        return readFloats(*directory, *directory->find(tensor)).value();
    };
    QCOMPARE(floats("part"), (Floats{8, 9, 10, 14, 15, 16}));
    QCOMPARE(floats("every_other"), (Floats{0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22}));
    QCOMPARE(floats("scalar"), (Floats{7.5}));
    QCOMPARE(floats("empty"), Floats{});
    QCOMPARE(floats("row_again"), (Floats{12, 13, 14, 15, 16, 17}));
    const Floats transposed = floats("transposed");
    for (std::size_t i = 0; i < 6; ++i)
        for (std::size_t j = 0; j < 4; ++j)
            QCOMPARE(transposed[4 * i + j], static_cast<float>(6 * j + i));
    QCOMPARE(directory->find("transposed")->shape, (Sizes{6, 4}));
    QCOMPARE(directory->find("transposed")->strides, (Sizes{1, 6}));
    QCOMPARE(directory->find("part")->storage, directory->find("whole")->storage);
    QVERIFY(directory->find("scalar")->storage != directory->find("whole")->storage);
}

void TorchFilesTest::statesOpen_data() {
    QTest::addColumn<QByteArray>("name");
    bothFormats("state-dict");
    bothFormats("parameters");
    bothFormats("trainer");
}

void TorchFilesTest::statesOpen() {
    QFETCH(QByteArray, name);
    const auto directory = data(name);
    QVERIFY2(directory.has_value(), directory ? "" : directory.error().message.c_str());
    QCOMPARE(directory->tensors.size(), std::size_t{4});
    QCOMPARE(directory->warnings.size(), std::size_t{name.contains("trainer") ? 1u : 0u});
    QCOMPARE(directory->find("0.weight")->shape, (Sizes{2, 3}));
    QCOMPARE(readFloats(*directory, *directory->find("0.weight")).value(),
             (Floats{0, 1, 2, 3, 4, 5}));
}

void TorchFilesTest::othersAreRefused_data() {
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char* name, const char* says) {
        QTest::newRow(name) << QByteArray("checkpoint-files/") + name + ".bin" << QByteArray(says);
    };
    row("optimizer", "no model weights");
    row("optimizer-legacy", "no model weights");
    row("whole-module", "a program, not weights");
    row("sparse", "sparse");
    row("sparse-legacy", "sparse");
    row("protocol-4", "protocol 4");
    row("protocol-4-legacy", "protocol 4");
}

void TorchFilesTest::othersAreRefused() {
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, says);
    const auto directory = data(name);
    QVERIFY(!directory.has_value());
    QVERIFY2(directory.error().message.find(says.toStdString()) != std::string::npos,
             directory.error().message.c_str());
}

void TorchFilesTest::oneModelInFiveFilesIsTheSame_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<std::string>("format");
    QTest::addColumn<double>("relative"); // half a unit in the last place of the type
    const auto row = [](const char* name, const char* format, double relative) {
        QTest::newRow(name) << QStringLiteral("fixture/") + name << std::string(format) << relative;
    };
    row("pytorch_model.bin", "pytorch-zip", 0);
    row("pytorch_model_legacy.bin", "pytorch-legacy", 0);
    row("model_fp16.safetensors", "safetensors", 0x1p-11);
    row("model_bf16.safetensors", "safetensors", 0x1p-8);
}

void TorchFilesTest::oneModelInFiveFilesIsTheSame() {
    QFETCH(QString, name);
    QFETCH(std::string, format);
    QFETCH(double, relative);
    const auto first = data(QStringLiteral("fixture/model.safetensors"));
    const auto other = data(name);
    QVERIFY(first.has_value());
    QVERIFY2(other.has_value(), other ? "" : other.error().message.c_str());
    QCOMPARE(other->format, format);
    QCOMPARE(other->tensors.size(), first->tensors.size());
    for (const TensorEntry& tensor : first->tensors) {
        const TensorEntry* twin = other->find(tensor.name);
        QVERIFY(twin != nullptr);
        QCOMPARE(twin->shape, tensor.shape);
        const auto expected = readFloats(*first, tensor).value();
        const auto found = readFloats(*other, *twin).value();
        QCOMPARE(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            const double bound = relative * std::abs(static_cast<double>(expected[i])) +
                                 (relative > 0 ? 0x1p-25 : 0.0);
            QVERIFY(std::abs(static_cast<double>(found[i]) - expected[i]) <= bound);
        }
    }
}

QTEST_GUILESS_MAIN(TorchFilesTest)
#include "tst_torch_files.moc"
