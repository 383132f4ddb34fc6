// SPDX-License-Identifier: GPL-3.0-or-later
#include "made_torch.h"

#include <QDirIterator>
#include <QRandomGenerator>
#include <QtTest>
#include <sys/stat.h>

using namespace isentrope;
using namespace isentrope::test;

/// Everything that is no weights file is refused by the name of its kind.
class FileKindsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void othersAreNamed_data();
    void othersAreNamed();
    void notFilesAreRefused();
    void nameDoesNotMatter();
    void keptFuzzInputsAreHarmless();

private:
    MadeFiles m_files;
};

namespace {

void row(const char* name, const QByteArray& bytes, const char* says,
         const char* file = "pytorch_model.bin") {
    QTest::newRow(name) << bytes << QByteArray(says) << QString::fromLatin1(file);
}

QByteArray padded(const QByteArray& front, int size = 4096) {
    return front + QByteArray(size - front.size(), '\xaa');
}

QByteArray noise(int size) {
    QRandomGenerator generator(7);
    QByteArray bytes;
    for (int i = 0; i < size; ++i)
        bytes += static_cast<char>(generator.bounded(256));
    return bytes;
}

} // namespace

void FileKindsTest::othersAreNamed_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("says");
    QTest::addColumn<QString>("file");
    row("empty", "", "is empty");
    row("short", "abc", "too short");
    row("zeros", QByteArray(4096, '\0'), "never filled");
    row("LFS pointer",
        "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 440473133\n",
        "Git LFS pointer, not the weights; fetch the real file, 440 MB");
    row("LFS pointer without a size", "version https://git-lfs.github.com/spec/v1\noid x\n",
        "Git LFS pointer");
    row("HTML", "\n <!DOCTYPE html><html><head>", "HTML page");
    row("HTML in capitals", "<HTML><BODY>", "HTML page");
    row("XML", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "XML page");
    row("JSON error", R"({"error":"Entry not found"})", "JSON text");
    row("text", "Entry not found. Nothing is here.", "text file");
    row("TensorFlow index", padded("\0\0\5hello") + "\x57\xfb\x80\x8b\x24\x75\x47\xdb",
        "index of a TensorFlow checkpoint");
    row("TensorFlow data", noise(4096), "data of a TensorFlow checkpoint",
        "model.ckpt.data-00000-of-00001");
    row("TensorFlow graph", padded("\x0a\xd4\x01\x0a\x00"), "graph of a TensorFlow checkpoint",
        "model.ckpt.meta");
    row("frozen graph", padded("\x0a\x20\x0a\x05input\x12\x0bPlaceholder"), "frozen TensorFlow");
    row("GGUF", padded("GGUF\3"), "GGUF");
    row("ONNX", padded("\x08\x07\x12\x07pytorch\x1a\x03"), "ONNX");
    row("HDF5", padded("\x89HDF\r\n\x1a\n"), "HDF5");
    row("NumPy", padded("\x93NUMPY\1"), "NumPy");
    row("gzip", padded(QByteArray("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10)), "gzip");
    row("tar", QByteArray("sys_info") + QByteArray(249, '\0') + "ustar\0" + QByteArray(500, '\0'),
        "PyTorch 0.1");
    row("pickle", padded("\x80\x02}q\1."), "pickle");
    row("pickle 5", padded("\x80\x05\x95\x10"), "protocol 5");
    row("random", noise(4096), "unknown kind");
    row("empty zip", "PK\x05\x06" + QByteArray(18, '\0'), "empty zip");
}

void FileKindsTest::othersAreNamed() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, says);
    QFETCH(QString, file);
    const auto directory = readTensorDirectory(m_files.write(bytes, file));
    QVERIFY(!directory.has_value());
    QVERIFY2(directory.error().message.find(says.toStdString()) != std::string::npos,
             directory.error().message.c_str());
}

void FileKindsTest::notFilesAreRefused() {
    const QTemporaryDir folder;
    const std::string pipe = folder.filePath("pipe").toStdString();
    QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
    QCOMPARE(readTensorDirectory(pipe).error().code, ErrorCode::Unreadable);
    QCOMPARE(readTensorDirectory("/dev/zero").error().code, ErrorCode::Unreadable);
    const auto inFolder = readTensorDirectory(folder.path().toStdString());
    QVERIFY(inFolder.error().message.find("is a folder") != std::string::npos);
    QCOMPARE(readTensorDirectory(pipe + "-absent").error().code, ErrorCode::NotFound);
}

void FileKindsTest::nameDoesNotMatter() {
    const QByteArray bytes =
        safetensors(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "x");
    const auto directory =
        readTensorDirectory(m_files.write(bytes, QStringLiteral("pytorch_model.bin")));
    QCOMPARE(directory->format, std::string("safetensors"));
    // A header whose length happens to begin like gzip: 0x8b1f bytes.
    const QByteArray padding(0x8b1f - 2, ' ');
    QVERIFY(m_files.open(safetensors("{}" + padding)).has_value());
}

void FileKindsTest::keptFuzzInputsAreHarmless() {
    int files = 0;
    QDirIterator kept(QStringLiteral(TEST_DATA_DIR "/../fuzz/corpus"), QDir::Files,
                      QDirIterator::Subdirectories);
    while (kept.hasNext()) {
        const auto directory = readTensorDirectory(kept.next().toStdString());
        ++files;
        if (!directory) QVERIFY(!directory.error().message.empty());
        if (!directory) continue;
        for (const TensorEntry& tensor : directory->tensors)
            QCOMPARE(readDoubles(*directory, tensor).value().size(),
                     static_cast<std::size_t>(tensor.count()));
    }
    QVERIFY(files > 0);
}

QTEST_GUILESS_MAIN(FileKindsTest)
#include "tst_file_kinds.moc"
