// SPDX-License-Identifier: GPL-3.0-or-later
#include "model_folder.h"

#include "core/base/sha256.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/inspection.h"
#include "core/scheme/catalogue.h"

#include <QtTest>

#include <cmath>
#include <functional>
#include <thread>

using namespace isentrope;
using namespace isentrope::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* embeddingName = "gau_alpha.embeddings.word_embeddings.weight";
constexpr const char* decoderName = "cls.predictions.decoder.weight";
constexpr const char* lastInputName = "gau_alpha.encoder.layer.1.gau.i_dense.weight";

/// 8 x 4 embedding, 2 x 4 token types, 2 layers of (14 x 4 + 4 x 6 + 2 + 2), 8 x 4 decoder.
constexpr std::int64_t smallParameters = 32 + 8 + 2 * 84 + 32;

Expected<Checkpoint> open(const fs::path& source) {
    return Checkpoint::open(source.string(), Catalogue::builtIn(), {});
}

bool holds(const std::vector<std::string>& texts, const std::string& part) {
    return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
        return text.find(part) != std::string::npos;
    });
}

fs::path fixture() {
    return fs::path(TEST_DATA_DIR) / "fixture";
}

} // namespace

using Change = std::function<void(Json&, NamedValues&)>;
Q_DECLARE_METATYPE(Change)

class CheckpointTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void opensAndReads();
    void prefixes_data();
    void prefixes();
    void mismatchesAreRefused_data();
    void mismatchesAreRefused();
    void oddTensorsAreReported_data();
    void oddTensorsAreReported();
    void biasesAreRead();
    void tying_data();
    void tying();
    void vocabularySize_data();
    void vocabularySize();
    void brokenWeightsAreRefused_data();
    void brokenWeightsAreRefused();
    void foldersWithoutFiles();
    void oddValuesAreWarned();
    void hashIsComputedOnce();
    void cachedHashIsChecked();
    void shardsAreOneCheckpoint();
    void inspectionFollowsTheContract();
    void fixtureForms_data();
    void fixtureForms();
};

void CheckpointTest::opensAndReads() {
    const ModelFolder model;
    const auto checkpoint = open(model.path());
    QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().message.c_str());
    QCOMPARE(checkpoint->source(), model.path().string());
    QCOMPARE(checkpoint->folder(), model.path());
    QCOMPARE(checkpoint->vocabularyFile(), model.path("vocab.txt"));
    QCOMPARE(checkpoint->parameters(), smallParameters);
    QCOMPARE(checkpoint->tensors().format, std::string("safetensors"));
    QVERIFY(checkpoint->warnings().empty());
    QVERIFY(checkpoint->ignored().empty());
    QVERIFY(!checkpoint->tied());

    std::vector<std::string> odd;
    const auto weights = checkpoint->weights(&odd);
    QVERIFY2(weights, weights ? "" : weights.error().message.c_str());
    const NamedValues tensors = smallTensors();
    QVERIFY(odd.empty());
    QVERIFY(weights->embedding == tensors.at(embeddingName).elements);
    QVERIFY(weights->decoder == tensors.at(decoderName).elements);
    QCOMPARE(weights->layers.size(), std::size_t(2));
    QVERIFY(weights->layers[1].input == tensors.at(lastInputName).elements);
    QCOMPARE(weights->layers[0].queryScale.front(), 12.0F);
    QCOMPARE(weights->layers[0].keyScale.front(), 13.0F);
    QCOMPARE(weights->layers[1].output.size(), std::size_t(24));
    QVERIFY(weights->layers[0].inputBias.empty());
    QVERIFY(weights->decoderBias.empty());
}

void CheckpointTest::prefixes_data() {
    QTest::addColumn<QString>("prefix");
    QTest::addColumn<QString>("head");
    QTest::newRow("usual") << "gau_alpha."
                           << "";
    QTest::newRow("none") << ""
                          << "";
    QTest::newRow("wrapped") << "module.gau_alpha."
                             << "module.";
    QTest::newRow("of another family") << "bert."
                                       << "";
}

void CheckpointTest::prefixes() {
    QFETCH(QString, prefix);
    QFETCH(QString, head);
    const ModelFolder model;
    NamedValues tensors = smallTensors(prefix.toStdString());
    auto decoder = tensors.extract(decoderName);
    decoder.key() = head.toStdString() + decoderName;
    tensors.insert(std::move(decoder));
    model.writeTensors(tensors);
    const auto checkpoint = open(model.path());
    QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().message.c_str());
    QVERIFY(checkpoint->ignored().empty());
    QVERIFY(!checkpoint->tied());
}

void CheckpointTest::mismatchesAreRefused_data() {
    QTest::addColumn<Change>("change");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QStringList>("said");
    const auto row = [](const char* name, Change change, QStringList said,
                        ErrorCode code = ErrorCode::Mismatch) {
        QTest::newRow(name) << std::move(change) << code << std::move(said);
    };
    row("missing tensor", [](Json&, NamedValues& t) { t.erase(lastInputName); },
        {lastInputName, "is missing", "14 x 4"});
    row("missing layer", [](Json& c, NamedValues&) { c["num_hidden_layers"] = 3; },
        {"encoder.layer.2.gau.i_dense.weight", "hold 2 layers", "num_hidden_layers is 3"});
    row("misshapen tensor",
        [](Json&, NamedValues& t) {
            t[lastInputName] = ramp({14, 5}, 0);
        },
        {lastInputName, "is 14 x 5, expected 14 x 4"});
    row("transposed tensor",
        [](Json&, NamedValues& t) {
            t[lastInputName] = ramp({4, 14}, 0);
        },
        {"is 4 x 14, expected 14 x 4"});
    row("scale of another rank",
        [](Json&, NamedValues& t) {
            t["gau_alpha.encoder.layer.0.gau.q_scaleoffset.weight"] = ramp({2, 1}, 0);
        },
        {"q_scaleoffset", "is 2 x 1, expected 2"});
    row("vocabulary against rows", [](Json& c, NamedValues&) { c["vocab_size"] = 9; },
        {embeddingName, "is 8 x 4, expected 9 x 4", "vocab_size"});
    row("hidden size against weights", [](Json& c, NamedValues&) { c["hidden_size"] = 6; },
        {"is 8 x 4, expected 8 x 6", "hidden_size"});
    row("decoder of another shape",
        [](Json&, NamedValues& t) {
            t[decoderName] = ramp({7, 4}, 0);
        },
        {decoderName, "is 7 x 4, expected 8 x 4"});
    row("bias asked and missing", [](Json& c, NamedValues&) { c["use_bias"] = true; },
        {"i_dense.bias", "is missing"});
    row(
        "BERT weights under our config",
        [](Json&, NamedValues& t) {
            t = {{"bert.embeddings.word_embeddings.weight", ramp({8, 4}, 0)},
                 {"bert.encoder.layer.0.attention.self.query.weight", ramp({4, 4}, 0)}};
        },
        {"a BERT model", "bert.embeddings"}, ErrorCode::NotAModel);
    row(
        "RoFormer weights under our config",
        [](Json&, NamedValues& t) {
            t = {{"roformer.embeddings.word_embeddings.weight", ramp({8, 4}, 0)}};
        },
        {"a RoFormer model"}, ErrorCode::NotAModel);
    row(
        "BERT config over our weights", [](Json& c, NamedValues&) { c["model_type"] = "bert"; },
        {"config.json", "\"bert\"", "gau_alpha"}, ErrorCode::NotAModel);
}

void CheckpointTest::mismatchesAreRefused() {
    QFETCH(Change, change);
    QFETCH(ErrorCode, code);
    QFETCH(QStringList, said);
    const ModelFolder model;
    Json config = smallConfig();
    NamedValues tensors = smallTensors();
    change(config, tensors);
    model.writeConfig(config);
    model.writeTensors(tensors);
    const auto checkpoint = open(model.path());
    QVERIFY(!checkpoint);
    const QString message = QString::fromStdString(checkpoint.error().message);
    QCOMPARE(checkpoint.error().code, code);
    QVERIFY2(message.startsWith(QString::fromStdString(model.path().string())),
             qPrintable(message));
    for (const QString& part : said)
        QVERIFY2(message.contains(part), qPrintable(message));
}

void CheckpointTest::oddTensorsAreReported_data() {
    QTest::addColumn<Change>("change");
    QTest::addColumn<int>("ignored");
    QTest::addColumn<QString>("warning");
    const auto row = [](const char* name, Change change, int ignored, const char* warning) {
        QTest::newRow(name) << std::move(change) << ignored << warning;
    };
    row(
        "extra head",
        [](Json&, NamedValues& t) {
            t["classifier.weight"] = ramp({3, 4}, 0);
        },
        1, "classifier.weight");
    row(
        "extra layer", [](Json& c, NamedValues&) { c["num_hidden_layers"] = 1; }, 4,
        "hold 2 layers, config.json says num_hidden_layers is 1");
    row(
        "bias that nobody asked for",
        [](Json&, NamedValues& t) {
            t["gau_alpha.encoder.layer.0.gau.o_dense.bias"] = ramp({4}, 0);
        },
        1, "use_bias is false");
}

void CheckpointTest::oddTensorsAreReported() {
    QFETCH(Change, change);
    QFETCH(int, ignored);
    QFETCH(QString, warning);
    const ModelFolder model;
    Json config = smallConfig();
    NamedValues tensors = smallTensors();
    change(config, tensors);
    model.writeConfig(config);
    model.writeTensors(tensors);
    const auto checkpoint = open(model.path());
    QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().message.c_str());
    QCOMPARE(checkpoint->ignored().size(), std::size_t(ignored));
    QVERIFY(holds(checkpoint->warnings(), warning.toStdString()));
    QVERIFY(checkpoint->weights());
}

void CheckpointTest::biasesAreRead() {
    const ModelFolder model;
    Json config = smallConfig();
    config["use_bias"] = true;
    NamedValues tensors = smallTensors();
    for (const std::string layer : {"0", "1"}) {
        const std::string unit = "gau_alpha.encoder.layer." + layer + ".gau.";
        tensors[unit + "i_dense.bias"] = ramp({14}, 1);
        tensors[unit + "o_dense.bias"] = ramp({4}, 2);
        tensors[unit + "q_scaleoffset.beta"] = ramp({2}, 3);
        tensors[unit + "k_scaleoffset.bias"] = ramp({2}, 4);
        auto scale = tensors.extract(unit + "q_scaleoffset.weight");
        scale.key() = unit + "q_scaleoffset.gamma";
        tensors.insert(std::move(scale));
    }
    tensors["cls.predictions.bias"] = ramp({8}, 5);
    model.writeConfig(config);
    model.writeTensors(tensors);
    const auto checkpoint = open(model.path());
    QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().message.c_str());
    QVERIFY(checkpoint->ignored().empty());
    const auto weights = checkpoint->weights();
    QVERIFY(weights);
    QCOMPARE(weights->layers[1].inputBias.size(), std::size_t(14));
    QCOMPARE(weights->layers[1].outputBias.front(), 2.0F);
    QCOMPARE(weights->layers[1].queryOffset.front(), 3.0F);
    QCOMPARE(weights->layers[1].keyOffset.front(), 4.0F);
    QCOMPARE(weights->layers[1].queryScale.front(), 22.0F);
    QCOMPARE(weights->decoderBias.front(), 5.0F);
    QCOMPARE(checkpoint->parameters(), smallParameters + 2 * (14 + 4 + 2 + 2) + 8);
}

void CheckpointTest::tying_data() {
    QTest::addColumn<Change>("change");
    QTest::addColumn<bool>("tied");
    QTest::newRow("absent") << Change([](Json&, NamedValues& t) { t.erase(decoderName); }) << true;
    QTest::newRow("equal") << Change([](Json&, NamedValues& t) {
        t[decoderName] = t[embeddingName];
    }) << true;
    QTest::newRow("one element differs") << Change([](Json&, NamedValues& t) {
        t[decoderName] = t[embeddingName];
        t[decoderName].elements.back() += 1;
    }) << false;
}

void CheckpointTest::tying() {
    QFETCH(Change, change);
    QFETCH(bool, tied);
    const ModelFolder model;
    Json config = smallConfig();
    NamedValues tensors = smallTensors();
    change(config, tensors);
    model.writeTensors(tensors);
    const auto checkpoint = open(model.path());
    QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().message.c_str());
    QCOMPARE(checkpoint->tied(), tied);
    QCOMPARE(checkpoint->parameters(), smallParameters - (tied ? 32 : 0));
    QCOMPARE(checkpoint->weights()->decoder.empty(), tied);
}

void CheckpointTest::vocabularySize_data() {
    QTest::addColumn<QByteArray>("vocabulary");
    QTest::addColumn<bool>("opens");
    QTest::addColumn<QString>("said");
    const QByteArray small = smallVocabulary();
    QTest::newRow("fitting") << small << true << "";
    QTest::newRow("larger") << small + "d\n"
                            << false << "has 9 entries, the embedding has 8 rows; expected";
    QTest::newRow("smaller") << small.chopped(2) << true
                             << "has 7 entries, the embedding has 8 rows; the last";
}

void CheckpointTest::vocabularySize() {
    QFETCH(QByteArray, vocabulary);
    QFETCH(bool, opens);
    QFETCH(QString, said);
    const ModelFolder model;
    model.write("vocab.txt", vocabulary.toStdString());
    const auto checkpoint = open(model.path());
    QCOMPARE(checkpoint.has_value(), opens);
    const std::vector<std::string> told =
        opens ? checkpoint->warnings() : std::vector{checkpoint.error().message};
    QCOMPARE(told.empty(), said.isEmpty());
    QVERIFY(said.isEmpty() || holds(told, said.toStdString()));
    if (!opens) QCOMPARE(checkpoint.error().code, ErrorCode::Mismatch);
}

void CheckpointTest::brokenWeightsAreRefused_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("said");
    const std::string whole = safetensors(smallTensors());
    const QByteArray bytes(whole.data(), static_cast<qsizetype>(whole.size()));
    QTest::newRow("truncated") << bytes.chopped(40) << "";
    QTest::newRow("empty") << QByteArray() << "";
    QTest::newRow("LFS pointer")
        << QByteArray("version https://git-lfs.github.com/spec/v1\noid sha256:"
                      "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
                      "size 440000000\n")
        << "LFS";
    QTest::newRow("HTML page") << QByteArray("<!DOCTYPE html>\n<html><head><title>404</title>")
                               << "HTML";
}

void CheckpointTest::brokenWeightsAreRefused() {
    QFETCH(QByteArray, content);
    QFETCH(QString, said);
    const ModelFolder model;
    model.write("model.safetensors", content.toStdString());
    const auto checkpoint = open(model.path());
    QVERIFY(!checkpoint);
    const QString message = QString::fromStdString(checkpoint.error().message);
    QVERIFY2(message.contains("model.safetensors") && message.contains(said), qPrintable(message));
}

void CheckpointTest::foldersWithoutFiles() {
    const ModelFolder model;
    model.remove("vocab.txt");
    const auto withoutVocabulary = open(model.path());
    QVERIFY(withoutVocabulary);
    QVERIFY(withoutVocabulary->vocabularyFile().empty());

    model.remove("model.safetensors");
    model.write("bert_model.ckpt.index", "x");
    const auto withoutWeights = open(model.path());
    QVERIFY(!withoutWeights);
    QCOMPARE(withoutWeights.error().code, ErrorCode::NotFound);
    QVERIFY(withoutWeights.error().message.find("TensorFlow") != std::string::npos);

    model.remove("config.json");
    const auto withoutConfig = open(model.path());
    QVERIFY(!withoutConfig);
    QVERIFY(withoutConfig.error().message.find("has no config.json") != std::string::npos);
}

void CheckpointTest::oddValuesAreWarned() {
    const ModelFolder model;
    NamedValues tensors = smallTensors();
    tensors[lastInputName].elements[3] = NAN;
    tensors[embeddingName].elements[0] = INFINITY;
    tensors[decoderName].elements.assign(32, 0.0F);
    model.writeTensors(tensors);
    const auto checkpoint = open(model.path());
    QVERIFY(checkpoint);
    std::vector<std::string> warnings;
    QVERIFY(checkpoint->weights(&warnings));
    QCOMPARE(warnings.size(), std::size_t(3));
    QVERIFY(holds(warnings, std::string(lastInputName) + ": 1 NaN, of 56"));
    QVERIFY(holds(warnings, std::string(embeddingName) + ": 1 infinite, of 32"));
    QVERIFY(holds(warnings, std::string(decoderName) + ": all zero"));
    const auto alone = checkpoint->oddWeights();
    QVERIFY(alone);
    QCOMPARE(std::set<std::string>(alone->begin(), alone->end()),
             std::set<std::string>(warnings.begin(), warnings.end()));
}

void CheckpointTest::hashIsComputedOnce() {
    const ModelFolder model;
    const auto checkpoint = open(model.path());
    QVERIFY(checkpoint);
    std::vector<std::string> hashes(4);
    {
        std::vector<std::jthread> threads;
        for (std::string& hash : hashes)
            threads.emplace_back([&] { hash = checkpoint->sha256().value_or(""); });
    }
    const std::string expected = sha256(safetensors(smallTensors()));
    for (const std::string& hash : hashes)
        QCOMPARE(hash, expected);
    model.remove("model.safetensors");
    QCOMPARE(checkpoint->sha256().value_or(""), expected);
    QVERIFY(!checkpoint->weights());
}

void CheckpointTest::cachedHashIsChecked() {
    const ModelFolder cache;
    const std::string content = safetensors(smallTensors());
    const fs::path repository = cache.path("models--org--model");
    const fs::path snapshot = repository / "snapshots" / std::string(40, 'a');
    writeFile(snapshot / "config.json", smallConfig().dump());
    for (const bool damaged : {false, true}) {
        const std::string name = damaged ? std::string(64, '0') : sha256(content);
        writeFile(repository / "blobs" / name, content);
        fs::remove(snapshot / "model.safetensors");
        fs::create_symlink("../../blobs/" + name, snapshot / "model.safetensors");
        const auto checkpoint =
            Checkpoint::open("org/model", Catalogue::builtIn(), {{cache.path()}, {}});
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().message.c_str());
        QCOMPARE(checkpoint->expectedSha256().value_or(""), name);
        const auto report = inspection(*checkpoint);
        QVERIFY(report);
        QCOMPARE((*report)["verified"].get<bool>(), !damaged);
        QCOMPARE(holds((*report)["warnings"], "download is damaged"), damaged);
    }
}

void CheckpointTest::shardsAreOneCheckpoint() {
    const ModelFolder model;
    NamedValues first = smallTensors(), second;
    second.insert(first.extract(embeddingName));
    second.insert(first.extract(lastInputName));
    Json map = Json::object();
    for (const auto& [name, values] : first)
        map[name] = "model-00001-of-00002.safetensors";
    for (const auto& [name, values] : second)
        map[name] = "model-00002-of-00002.safetensors";
    model.remove("model.safetensors");
    model.write("model-00001-of-00002.safetensors", safetensors(first));
    model.write("model-00002-of-00002.safetensors", safetensors(second));
    model.write("model.safetensors.index.json", Json{{"weight_map", map}}.dump());
    const auto checkpoint = open(model.path());
    QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().message.c_str());
    QCOMPARE(checkpoint->parameters(), smallParameters);
    QCOMPARE(checkpoint->sha256().value_or(""), sha256(safetensors(first) + safetensors(second)));
    QVERIFY(checkpoint->weights()->embedding == second.at(embeddingName).elements);
}

void CheckpointTest::inspectionFollowsTheContract() {
    const ModelFolder model;
    Json config = smallConfig();
    config.erase("type_vocab_size");
    config["norm_method"] = "CosScale";
    config["my_info_dict"] = {
        {"task", "train"}, {"train_norm_method", {{"name", "CosScale"}, {"CosScale_value", 16}}}};
    model.writeConfig(config);
    NamedValues tensors = smallTensors();
    tensors["classifier.weight"] = ramp({3, 4}, 0);
    tensors[lastInputName].elements[3] = NAN;
    model.writeTensors(tensors);
    const auto checkpoint = open(model.path());
    QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().message.c_str());
    const auto report = inspection(*checkpoint);
    QVERIFY(report);
    OrderedJson json = *report;
    QCOMPARE(json["layers"], 2);
    QCOMPARE(json["hidden"], 4);
    QCOMPARE(json["intermediate"], 6);
    QCOMPARE(json["key_size"], 2);
    QCOMPARE(json["vocabulary"], 8);
    QCOMPARE(json["train_length"], 64);
    QCOMPARE(json["train_length_origin"], "stated");
    QCOMPARE(json["similarity"].dump(), std::string(R"({"kind":"cos","s":16.0})"));
    QCOMPARE(json["scheme"], "cos(s=16)+rope+softmax");
    QCOMPARE(json["parameters"], smallParameters);
    QCOMPARE(json["format"], "safetensors");
    QCOMPARE(json["sha256"], sha256(safetensors(tensors)));
    QCOMPARE(json["verified"], nullptr);
    QCOMPARE(json["tied"], false);
    QCOMPARE(json["assumed"].dump(), std::string(R"(["type_vocab_size"])"));
    QCOMPARE(json["warnings"].size(), std::size_t(2));
    QCOMPARE(json["ignored"].dump(), std::string(R"(["classifier.weight"])"));
    QCOMPARE(json["tensors"].size(), tensors.size());
    QCOMPARE(json["files"][0]["name"], "model.safetensors");
}

void CheckpointTest::fixtureForms_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<double>("tolerance"); // relative: half a unit in the last place of the type
    QTest::newRow("zip pickle") << "pytorch_model.bin" << 0.0;
    QTest::newRow("legacy pickle") << "pytorch_model_legacy.bin" << 0.0;
    QTest::newRow("fp16") << "model_fp16.safetensors" << std::ldexp(1.0, -11);
    QTest::newRow("bf16") << "model_bf16.safetensors" << std::ldexp(1.0, -8);
}

void CheckpointTest::fixtureForms() {
    QFETCH(QString, file);
    QFETCH(double, tolerance);
    const auto reference = open(fixture());
    QVERIFY2(reference, reference ? "" : reference.error().message.c_str());
    const auto other = open(fixture() / file.toStdString());
    QVERIFY2(other, other ? "" : other.error().message.c_str());
    QCOMPARE(other->parameters(), reference->parameters());
    QCOMPARE(other->config().scheme, std::string("rope+softmax"));
    QVERIFY(!other->tied());
    QVERIFY(other->sha256().value_or("") != reference->sha256().value_or(""));

    const auto expected = reference->weights(), found = other->weights();
    QVERIFY(expected && found);
    const auto near = [&](const std::vector<float>& a, const std::vector<float>& b) {
        constexpr double underflow = 6e-8; // spacing of fp16 below its smallest normal number
        if (a.size() != b.size() || a.empty()) return false;
        for (std::size_t i = 0; i < a.size(); ++i) {
            const double slack = tolerance > 0 ? underflow : 0;
            const double bound = tolerance * std::abs(double(a[i])) + slack;
            if (!(std::abs(double(a[i]) - double(b[i])) <= bound)) return false;
        }
        return true;
    };
    QVERIFY(near(expected->embedding, found->embedding));
    QVERIFY(near(expected->tokenType, found->tokenType));
    QVERIFY(near(expected->decoder, found->decoder));
    QCOMPARE(found->layers.size(), std::size_t(3));
    for (std::size_t i = 0; i < found->layers.size(); ++i) {
        QVERIFY(near(expected->layers[i].input, found->layers[i].input));
        QVERIFY(near(expected->layers[i].output, found->layers[i].output));
        QVERIFY(near(expected->layers[i].queryScale, found->layers[i].queryScale));
        QVERIFY(near(expected->layers[i].keyScale, found->layers[i].keyScale));
    }
}

QTEST_APPLESS_MAIN(CheckpointTest)
#include "tst_checkpoint.moc"
