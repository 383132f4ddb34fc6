// SPDX-License-Identifier: GPL-3.0-or-later
#include "model_folder.h"

#include "core/checkpoint/model_config.h"
#include "core/scheme/catalogue.h"

#include <QtTest>

using namespace isentrope;
using namespace isentrope::test;

namespace {

/// smallConfig() with some fields replaced: the text is a JSON object, null removes a field.
Json patched(const QString& patch) {
    Json config = smallConfig();
    config.merge_patch(Json::parse(patch.toStdString()));
    return config;
}

Expected<ModelConfig> parse(const std::string& text) {
    return parseModelConfig(text, "config.json", Catalogue::builtIn());
}

bool holds(const std::vector<std::string>& texts, const std::string& part) {
    return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
        return text.find(part) != std::string::npos;
    });
}

} // namespace

class ModelConfigTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void originalPort();
    void nothingStatedIsAssumed();
    void sizesAreRead();
    void wrongFieldsAreRefused_data();
    void wrongFieldsAreRefused();
    void wrongTextsAreRefused_data();
    void wrongTextsAreRefused();
    void otherFamiliesAreRefused_data();
    void otherFamiliesAreRefused();
    void trainedSchemes_data();
    void trainedSchemes();
    void unknownMethodsAreRefused_data();
    void unknownMethodsAreRefused();
    void trainLength_data();
    void trainLength();
    void ownTrainingWins();
    void oddFieldsWarn();
    void hugeFilesAreRefused();
};

void ModelConfigTest::originalPort() {
    const auto config = parse(R"({
        "architectures": ["GAUAlphaForMaskedLM"], "attention_key_size": 128,
        "attention_probs_dropout_prob": 0.1, "attention_scale": true, "embedding_size": 768,
        "hidden_act": "swish", "hidden_size": 768, "intermediate_size": 1536,
        "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "model_type": "gau_alpha",
        "normalization": "softmax_plus", "num_hidden_layers": 24, "pad_token_id": 0,
        "type_vocab_size": 2, "use_bias": false, "vocab_size": 12000, "summary_type": "first"})");
    QVERIFY2(config, config ? "" : config.error().message.c_str());
    QCOMPARE(config->layers, 24);
    QCOMPARE(config->hidden, 768);
    QCOMPARE(config->intermediate, 1536);
    QCOMPARE(config->keySize, 128);
    QCOMPARE(config->vocabulary, 12000);
    QCOMPARE(config->trainLength, 512);
    QCOMPARE(config->scheme, std::string("rope+softmax-plus"));
    QCOMPARE(config->similarity.kind, Similarity::Kind::Dot);
    QVERIFY(!config->useBias);
    QVERIFY(config->assumed.empty());
    QVERIFY(config->warnings.empty());
}

void ModelConfigTest::nothingStatedIsAssumed() {
    const auto config = parse("{}");
    QVERIFY2(config, config ? "" : config.error().message.c_str());
    QCOMPARE(config->layers, 24);
    QCOMPARE(config->trainLength, 512);
    QCOMPARE(config->scheme, std::string("rope+softmax-plus"));
    for (const char* field :
         {"model_type", "num_hidden_layers", "hidden_size", "intermediate_size",
          "attention_key_size", "vocab_size", "max_position_embeddings", "normalization",
          "layer_norm_eps", "hidden_act", "use_bias", "pad_token_id", "type_vocab_size"})
        QVERIFY2(std::count(config->assumed.begin(), config->assumed.end(), field) == 1, field);
}

void ModelConfigTest::sizesAreRead() {
    const auto config = parse(patched(R"({"use_bias": true, "layer_norm_eps": 1e-6,
        "pad_token_id": 3, "type_vocab_size": 1, "hidden_act": "silu"})")
                                  .dump());
    QVERIFY(config);
    QVERIFY(config->useBias);
    QCOMPARE(config->normEpsilon, 1e-6);
    QCOMPARE(config->padId, 3);
    QCOMPARE(config->tokenTypes, 1);
    QCOMPARE(config->layers, 2);
    QCOMPARE(config->keySize, 2);
    QVERIFY(config->assumed.empty());
}

void ModelConfigTest::wrongFieldsAreRefused_data() {
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("value");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* field, const char* value,
                        const char* expected, ErrorCode code = ErrorCode::OutOfRange) {
        QTest::newRow(name) << field << value << code << expected;
    };
    const char* const layers = "a whole number from 1 to 1,024";
    row("layers 0", "num_hidden_layers", "0", layers);
    row("layers -1", "num_hidden_layers", "-1", layers);
    row("layers 1e9", "num_hidden_layers", "1000000000", layers);
    row("layers 2^64 - 1", "num_hidden_layers", "18446744073709551615", layers);
    row("layers text", "num_hidden_layers", "\"12\"", layers);
    row("layers 12.5", "num_hidden_layers", "12.5", layers);
    row("layers null", "num_hidden_layers", "null", layers);
    row("layers list", "num_hidden_layers", "[12]", layers);
    row("hidden 0", "hidden_size", "0", "a whole number");
    row("intermediate huge", "intermediate_size", "99999999999", "a whole number");
    row("odd key size", "attention_key_size", "7", "an even number");
    row("vocabulary 0", "vocab_size", "0", "a whole number");
    row("padding outside", "pad_token_id", "8", "a whole number from 0 to 7");
    row("L0 1", "max_position_embeddings", "1", "a whole number from 2");
    row("epsilon 0", "layer_norm_eps", "0", "a number above 0");
    row("epsilon negative", "layer_norm_eps", "-1e-12", "a number above 0");
    row("epsilon text", "layer_norm_eps", "\"1e-12\"", "a number above 0");
    row("bias text", "use_bias", "\"no\"", "true or false");
    row("activation", "hidden_act", "\"gelu\"", "\"swish\"", ErrorCode::Unsupported);
    row("no scale", "attention_scale", "false", "true: logits", ErrorCode::Unsupported);
    row("embedding size", "embedding_size", "5", "which is 4", ErrorCode::Mismatch);
    row("heads 0", "num_attention_heads", "0", "a whole number from 1");
    row("heads not dividing", "num_attention_heads", "3", "a divisor of hidden_size");
}

void ModelConfigTest::wrongFieldsAreRefused() {
    QFETCH(QString, field);
    QFETCH(QString, value);
    QFETCH(ErrorCode, code);
    QFETCH(QString, expected);
    Json json = smallConfig();
    json[field.toStdString()] = Json::parse(value.toStdString());
    const auto config = parse(json.dump());
    QVERIFY(!config);
    QCOMPARE(config.error().code, code);
    const QString message = QString::fromStdString(config.error().message);
    QVERIFY2(message.startsWith("config.json: " + field + " is "), qPrintable(message));
    QVERIFY2(message.contains(expected), qPrintable(message));
}

void ModelConfigTest::wrongTextsAreRefused_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("said");
    QTest::newRow("empty") << QByteArray() << "holds nothing";
    QTest::newRow("list") << QByteArray("[1, 2]") << "holds [1,2]; expected a JSON object";
    QTest::newRow("null") << QByteArray("null") << "expected a JSON object";
    QTest::newRow("cut") << QByteArray("{\"hidden_size\": 7") << "not JSON";
    QTest::newRow("twice") << QByteArray("{\"a\": 1, \"a\": 2}") << "stands twice";
    QTest::newRow("deep") << QByteArray(100'000, '[') << "nested deeper";
    QTest::newRow("LFS pointer") << QByteArray("version https://git-lfs.github.com/spec/v1\n")
                                 << "Git LFS pointer";
    QTest::newRow("HTML page") << QByteArray("<!DOCTYPE html><html>") << "HTML";
    QTest::newRow("not UTF-8") << QByteArray("{\"a\": \"\xff\"}") << "not JSON";
}

void ModelConfigTest::wrongTextsAreRefused() {
    QFETCH(QByteArray, text);
    QFETCH(QString, said);
    const auto config = parse(text.toStdString());
    QVERIFY(!config);
    QCOMPARE(config.error().code, ErrorCode::Malformed);
    const QString message = QString::fromStdString(config.error().message);
    QVERIFY2(message.contains(said), qPrintable(message));
    QVERIFY2(message.size() < 400, qPrintable(message));
}

void ModelConfigTest::otherFamiliesAreRefused_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("named");
    QTest::newRow("BERT") << R"({"model_type": "bert"})"
                          << "\"bert\"";
    QTest::newRow("RoFormer") << R"({"model_type": "roformer"})"
                              << "\"roformer\"";
    QTest::newRow("by class") << R"({"architectures": ["BertForMaskedLM"]})"
                              << "\"BertForMaskedLM\"";
    QTest::newRow("number") << R"({"model_type": 5})"
                            << "model_type is 5";
}

void ModelConfigTest::otherFamiliesAreRefused() {
    QFETCH(QString, text);
    QFETCH(QString, named);
    const auto config = parse(text.toStdString());
    QVERIFY(!config);
    QCOMPARE(config.error().code, ErrorCode::NotAModel);
    QVERIFY(QString::fromStdString(config.error().message).contains(named));
}

void ModelConfigTest::trainedSchemes_data() {
    QTest::addColumn<QString>("patch");
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<double>("cosine"); // 0: dot
    QTest::addColumn<QString>("assumed");
    QTest::addColumn<QString>("warning");
    const auto row = [](const char* name, const char* patch, const char* scheme, double cosine = 0,
                        const char* assumed = "", const char* warning = "") {
        QTest::newRow(name) << patch << scheme << cosine << assumed << warning;
    };
    row("softmax", "{}", "rope+softmax");
    row("softmax plus", R"({"normalization": "softmax_plus"})", "rope+softmax-plus");
    row("missing", R"({"normalization": null})", "rope+softmax-plus", 0, "normalization");
    row("InfoScale", R"({"normalization": "InfoScale"})", "rope+infoscale");
    row("InfoScale as trained by the reference", R"({"normalization": "InfoScale",
        "my_info_dict": {"task": "train", "train_len": 64,
                         "train_normalization": {"name": "InfoScale"}}})",
        "rope+infoscale(L=512)", 0, "", "training branch takes 512");
    row("InfoScale trained at 512", R"({"normalization": "InfoScale",
        "max_position_embeddings": 512, "my_info_dict": {"task": "train", "train_len": 512}})",
        "rope+infoscale");
    row("no cosine", R"({"norm_method": "noCosScale"})", "rope+softmax");
    row("cosine", R"({"norm_method": "CosScale", "my_info_dict": {"task": "train",
        "train_norm_method": {"name": "CosScale", "CosScale_value": 16}}})",
        "cos(s=16)+rope+softmax", 16);
    row("cosine of an evaluation", R"({"norm_method": "CosScale", "my_info_dict": {"task": "eval",
        "train_norm_method": "CosScale",
        "eval_norm_method": {"name": "CosScale", "CosScale_value": 32}}})",
        "cos(s=32)+rope+softmax", 32);
    row("cosine without value", R"({"norm_method": "CosScale"})", "cos(s=128)+rope+softmax", 128,
        "CosScale_value");
    row("older name", R"({"norm_method": "nonorm"})", "rope+softmax");
    row("evaluated with another", R"({"normalization": "InfoScale", "my_info_dict":
        {"task": "eval", "train_normalization": "softmax"}})",
        "rope+softmax", 0, "", "train_normalization is \"softmax\"");
    row("trained with an algorithm", R"({"my_info_dict": {"task": "train", "algorithm": "PI"}})",
        "rope+softmax", 0, "", "algorithm is \"PI\"");
    row("our own", R"({"isentrope": {"scheme": "infoscale + pi + cos(s=16)"
}
})",
        "cos(s=16)+pi+infoscale", 16);
}

void ModelConfigTest::trainedSchemes() {
    QFETCH(QString, patch);
    QFETCH(QString, scheme);
    QFETCH(double, cosine);
    QFETCH(QString, assumed);
    QFETCH(QString, warning);
    const auto config = parse(patched(patch).dump());
    QVERIFY2(config, config ? "" : config.error().message.c_str());
    QCOMPARE(QString::fromStdString(config->scheme), scheme);
    QCOMPARE(config->similarity.kind == Similarity::Kind::Cosine, cosine > 0);
    if (cosine > 0) QCOMPARE(config->similarity.scale, cosine);
    const std::vector<std::string> expected =
        assumed.isEmpty() ? std::vector<std::string>() : std::vector{assumed.toStdString()};
    QCOMPARE(config->assumed, expected);
    QCOMPARE(config->warnings.size(), std::size_t(warning.isEmpty() ? 0 : 1));
    QVERIFY(warning.isEmpty() || holds(config->warnings, warning.toStdString()));
}

void ModelConfigTest::unknownMethodsAreRefused_data() {
    QTest::addColumn<QString>("patch");
    QTest::addColumn<QString>("said");
    QTest::newRow("normalization") << R"({"normalization": "squared_relu"})"
                                   << "\"softmax_plus\"";
    QTest::newRow("norm_method") << R"({"norm_method": "Windowed-Attention"})"
                                 << "\"CosScale\"";
    QTest::newRow("cosine of 0") << R"({"norm_method": "CosScale", "my_info_dict":
        {"train_norm_method": {"name": "CosScale", "CosScale_value": 0}}})"
                                 << "CosScale_value is 0";
    QTest::newRow("own scheme") << R"({"isentrope": {"scheme": "ropee+softmax"}})"
                                << "ropee";
    QTest::newRow("own scheme number") << R"({"isentrope": {"scheme": 5}})"
                                       << "scheme is 5";
    QTest::newRow("own length") << R"({"isentrope": {"train_length": 0}})"
                                << "train_length is 0";
}

void ModelConfigTest::unknownMethodsAreRefused() {
    QFETCH(QString, patch);
    QFETCH(QString, said);
    const auto config = parse(patched(patch).dump());
    QVERIFY(!config);
    const QString message = QString::fromStdString(config.error().message);
    QVERIFY2(message.startsWith("config.json: ") && message.contains(said), qPrintable(message));
}

void ModelConfigTest::trainLength_data() {
    QTest::addColumn<QString>("patch");
    QTest::addColumn<int>("length");
    QTest::addColumn<bool>("warned");
    QTest::newRow("stated") << "{}" << 64 << false;
    QTest::newRow("missing") << R"({"max_position_embeddings": null})" << 512 << false;
    QTest::newRow("agreeing") << R"({"my_info_dict": {"task": "train", "train_len": 64}})" << 64
                              << false;
    QTest::newRow("trained elsewhere")
        << R"({"my_info_dict": {"task": "train", "train_len": 128}})" << 128 << true;
    QTest::newRow("saved by an evaluation")
        << R"({"max_position_embeddings": 4096, "my_info_dict": {"task": "eval", "train_len": 64}})"
        << 64 << true;
    QTest::newRow("our own") << R"({"isentrope": {"train_length": 100}})" << 100 << false;
}

void ModelConfigTest::trainLength() {
    QFETCH(QString, patch);
    QFETCH(int, length);
    QFETCH(bool, warned);
    const auto config = parse(patched(patch).dump());
    QVERIFY2(config, config ? "" : config.error().message.c_str());
    QCOMPARE(config->trainLength, length);
    QCOMPARE(holds(config->warnings, "train_len is"), warned);
}

void ModelConfigTest::ownTrainingWins() {
    const auto config = parse(patched(R"({"normalization": "InfoScale", "norm_method": "CosScale",
        "isentrope": {"scheme": "rerope(w=32)+logn", "task": "recall", "train_length": 100}})")
                                  .dump());
    QVERIFY2(config, config ? "" : config.error().message.c_str());
    QCOMPARE(config->scheme, std::string("rerope(w=32)+logn"));
    QCOMPARE(config->similarity.kind, Similarity::Kind::Dot);
    QCOMPARE(config->task, std::string("recall"));
    QVERIFY(config->assumed.empty());
}

void ModelConfigTest::oddFieldsWarn() {
    const auto config = parse(patched(R"({"num_attention_heads": 2})").dump());
    QVERIFY(config);
    QVERIFY(holds(config->warnings, "num_attention_heads is 2"));
}

void ModelConfigTest::hugeFilesAreRefused() {
    const ModelFolder model;
    model.write("config.json", std::string(50'000'000, ' '));
    const auto config = readModelConfig(model.path("config.json"), Catalogue::builtIn());
    QVERIFY(!config);
    QCOMPARE(config.error().code, ErrorCode::TooLarge);
    model.remove("config.json");
    QCOMPARE(readModelConfig(model.path("config.json"), Catalogue::builtIn()).error().code,
             ErrorCode::NotFound);
}

QTEST_APPLESS_MAIN(ModelConfigTest)
#include "tst_model_config.moc"
