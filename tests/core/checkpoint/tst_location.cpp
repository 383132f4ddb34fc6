// SPDX-License-Identifier: GPL-3.0-or-later
#include "model_folder.h"

#include "core/checkpoint/demo.h"
#include "core/checkpoint/folder_content.h"
#include "core/checkpoint/location.h"

#include <QtTest>

#include <sys/stat.h>

using namespace isentrope;
using namespace isentrope::test;
namespace fs = std::filesystem;

class LocationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void weightsByPriority_data();
    void weightsByPriority();
    void filesStandForTheirFolder_data();
    void filesStandForTheirFolder();
    void weightsMayBeAbsent();
    void wrongSources_data();
    void wrongSources();
    void linksStayInside();
    void onlyRegularFilesCount();
    void wrongFoldersAreExplained_data();
    void wrongFoldersAreExplained();
    void demosAreFoundByName();
};

void LocationTest::weightsByPriority_data() {
    QTest::addColumn<QStringList>("present");
    QTest::addColumn<QString>("chosen");
    QTest::newRow("safetensors first")
        << QStringList{"pytorch_model.bin", "model.safetensors", "model.safetensors.index.json"}
        << "model.safetensors";
    QTest::newRow("its index second")
        << QStringList{"pytorch_model.bin", "model.safetensors.index.json"}
        << "model.safetensors.index.json";
    QTest::newRow("pickle third") << QStringList{"pytorch_model.bin.index.json",
                                                 "pytorch_model.bin"}
                                  << "pytorch_model.bin";
    QTest::newRow("its index last")
        << QStringList{"pytorch_model.bin.index.json"} << "pytorch_model.bin.index.json";
}

void LocationTest::weightsByPriority() {
    QFETCH(QStringList, present);
    QFETCH(QString, chosen);
    const ModelFolder model;
    model.remove("model.safetensors");
    for (const QString& name : present)
        model.write(name.toStdString(), "x");
    const auto location = locateCheckpoint(model.path(), {});
    QVERIFY2(location, location ? "" : location.error().message.c_str());
    QCOMPARE(location->weights, model.path(chosen.toStdString()));
    QCOMPARE(location->config, model.path("config.json"));
    QCOMPARE(location->vocabulary, model.path("vocab.txt"));
}

void LocationTest::filesStandForTheirFolder_data() {
    QTest::addColumn<QString>("given");
    QTest::addColumn<QString>("weights");
    QTest::newRow("config") << "config.json"
                            << "model.safetensors";
    QTest::newRow("vocabulary") << "vocab.txt"
                                << "model.safetensors";
    QTest::newRow("usual weights") << "model.safetensors"
                                   << "model.safetensors";
    QTest::newRow("other safetensors") << "model_fp16.safetensors"
                                       << "model_fp16.safetensors";
    QTest::newRow("pickle") << "pytorch_model.bin"
                            << "pytorch_model.bin";
}

void LocationTest::filesStandForTheirFolder() {
    QFETCH(QString, given);
    QFETCH(QString, weights);
    const ModelFolder model;
    model.write("model_fp16.safetensors", "x");
    model.write("pytorch_model.bin", "x");
    const auto location = locateCheckpoint(model.path(given.toStdString()), {});
    QVERIFY2(location, location ? "" : location.error().message.c_str());
    QCOMPARE(location->folder, model.path());
    QCOMPARE(location->weights, model.path(weights.toStdString()));
}

void LocationTest::weightsMayBeAbsent() {
    const ModelFolder model;
    model.remove("model.safetensors");
    const auto location = locateCheckpoint(model.path(), {});
    QVERIFY(location);
    QVERIFY(location->weights.empty());
    QCOMPARE(location->vocabulary, model.path("vocab.txt"));
}

void LocationTest::wrongSources_data() {
    QTest::addColumn<QString>("source");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("said");
    QTest::newRow("empty") << "" << ErrorCode::BadUsage << "empty";
    QTest::newRow("missing path") << "FOLDER/nothing" << ErrorCode::NotFound << "no such file";
    QTest::newRow("misspelt path")
        << "FOLDER/config.jsn" << ErrorCode::NotFound << "Did you mean \"config.json\"?";
    QTest::newRow("not cached") << "org/name" << ErrorCode::NotFound << "/no/such/cache";
    QTest::newRow("not a name") << "a b" << ErrorCode::NotFound << "no such file";
    QTest::newRow("climbing name") << "hf:../../etc" << ErrorCode::NotFound << "no such file";
    QTest::newRow("unknown demo") << "demo:nothing" << ErrorCode::NotFound << "bundles none";
    QTest::newRow("climbing demo") << "demo:../x" << ErrorCode::NotFound << "bundles none";
}

void LocationTest::wrongSources() {
    QFETCH(QString, source);
    QFETCH(ErrorCode, code);
    QFETCH(QString, said);
    const ModelFolder model;
    source.replace("FOLDER", QString::fromStdString(model.path().string()));
    const auto location = locateCheckpoint(source.toStdString(), {{"/no/such/cache"}, {}});
    QVERIFY(!location);
    QCOMPARE(location.error().code, code);
    QVERIFY2(location.error().message.find(said.toStdString()) != std::string::npos,
             location.error().message.c_str());
}

void LocationTest::linksStayInside() {
    const ModelFolder model, other;
    model.remove("model.safetensors");
    fs::create_symlink(other.path("model.safetensors"), model.path("model.safetensors"));
    const auto outside = locateCheckpoint(model.path(), {});
    QVERIFY(!outside);
    QCOMPARE(outside.error().code, ErrorCode::Unsafe);
    QVERIFY(outside.error().message.find(other.path().string()) != std::string::npos);

    model.remove("model.safetensors");
    model.write("step-100.safetensors", "x");
    fs::create_symlink("step-100.safetensors", model.path("model.safetensors"));
    QVERIFY(locateCheckpoint(model.path(), {}));

    model.remove("step-100.safetensors");
    const auto dangling = locateCheckpoint(model.path(), {});
    QVERIFY(!dangling);
    QCOMPARE(dangling.error().code, ErrorCode::Truncated);
}

void LocationTest::onlyRegularFilesCount() {
    const ModelFolder model;
    model.remove("model.safetensors");
    QCOMPARE(::mkfifo(model.path("model.safetensors").c_str(), 0600), 0);
    const auto fifo = locateCheckpoint(model.path(), {});
    QVERIFY(!fifo);
    QCOMPARE(fifo.error().code, ErrorCode::Unreadable);
    model.remove("model.safetensors");
    fs::create_directory(model.path("model.safetensors"));
    QVERIFY(!locateCheckpoint(model.path(), {}));
    QVERIFY(!locateCheckpoint("/dev/zero", {}));
}

void LocationTest::wrongFoldersAreExplained_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("said");
    QTest::newRow("TensorFlow") << "bert_model.ckpt.index"
                                << "TensorFlow checkpoint";
    QTest::newRow("Keras") << "tf_model.h5"
                           << "from_tf=True";
    QTest::newRow("Flax") << "flax_model.msgpack"
                          << "from_flax=True";
    QTest::newRow("GGUF") << "model.gguf"
                          << "GGUF";
    QTest::newRow("unfinished") << "model.safetensors.incomplete"
                                << "unfinished download";
    QTest::newRow("shard alone") << "model-00001-of-00002.safetensors"
                                 << "index.json";
    QTest::newRow("other name") << "model_fp16.safetensors"
                                << "by its own path";
    QTest::newRow("inner checkpoint") << "checkpoint-6615/config.json"
                                      << "checkpoint-6615";
    QTest::newRow("something else") << "notes.md"
                                    << "notes.md";
}

void LocationTest::wrongFoldersAreExplained() {
    QFETCH(QString, file);
    QFETCH(QString, said);
    const QTemporaryDir folder;
    const fs::path path = folder.path().toStdString();
    writeFile(path / file.toStdString(), "x");
    const Error error = missingWeights(path);
    QCOMPARE(error.code, ErrorCode::NotFound);
    QVERIFY2(error.message.find(said.toStdString()) != std::string::npos, error.message.c_str());
    QVERIFY(error.message.find("model.safetensors") != std::string::npos);
    QVERIFY(missingConfig(path).message.find("config.json") != std::string::npos);
}

void LocationTest::demosAreFoundByName() {
    const QTemporaryDir folder;
    const fs::path first = fs::path(folder.path().toStdString()) / "one";
    const fs::path second = fs::path(folder.path().toStdString()) / "two";
    writeFile(first / "needle" / "config.json", "{}");
    writeFile(second / "needle" / "config.json", "{}");
    writeFile(second / "recall" / "config.json", "{}");
    const CheckpointPlaces places{{}, {"/no/such/folder", first, second}};
    QCOMPARE(demoNames(places.demoFolders), (std::vector<std::string>{"needle", "recall"}));
    QCOMPARE(locateCheckpoint("demo:needle", places)->folder, first / "needle");
    QCOMPARE(locateCheckpoint("demo:recall", places)->folder, second / "recall");
    const auto misspelt = locateCheckpoint("demo:nedle", places);
    QVERIFY(misspelt.error().message.find("needle, recall") != std::string::npos);
    QVERIFY(misspelt.error().message.find("Did you mean \"needle\"?") != std::string::npos);
}

QTEST_APPLESS_MAIN(LocationTest)
#include "tst_location.moc"
