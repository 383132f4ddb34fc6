// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

namespace {

struct Outcome {
    int status = -1;
    QByteArray out, err;

    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
};

Outcome run(const QStringList& words) {
    QProcess process;
    process.start(CLI, words);
    if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit) return {};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

const QString fixture = TEST_DATA_DIR "/fixture";

} // namespace

/// The program as a person or a script meets it: statuses, messages, JSON.
class CommandLineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void statuses_data();
    void statuses();
    void everyCommandExplainsItself();
    void completionScriptsParse_data();
    void completionScriptsParse();
    void planIsTheContract();
    void planOfCosineTakesTheTrainedScale();
    void schemesListEveryAxis();
    void inspectIsTheContract();
    void inspectRefusesWithBothForms();
    void cacheIsListedAndGreyed();
    void tokenizeIsTheContract();
    void tokenizeNeedsNoWeights();
};

void CommandLineTest::statuses_data() {
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("message");
    const QStringList sizes = {"--length", "8", "--train-length", "4", "--key-size", "4"};
    QTest::newRow("nothing") << QStringList{} << 2 << "Usage";
    QTest::newRow("help") << QStringList{"--help"} << 0 << "";
    QTest::newRow("version") << QStringList{"--version"} << 0 << "";
    QTest::newRow("misspelt command") << QStringList{"inspekt"} << 2 << "\"inspect\"";
    QTest::newRow("misspelt option")
        << QStringList{"plan", "--shceme", "rope"} << 2 << "\"--scheme\"";
    QTest::newRow("missing option") << QStringList{"plan", "--scheme", "rope"} << 2 << "--length";
    QTest::newRow("not a number") << QStringList{"plan",     "--scheme",   "rope",
                                                 "--length", "many",       "--train-length",
                                                 "4",        "--key-size", "4"}
                                  << 2 << "many";
    QTest::newRow("misspelt scheme")
        << QStringList{"plan", "--scheme", "ropee+logn"} + sizes << 1 << "rope";
    QTest::newRow("odd key size") << QStringList{"plan",     "--scheme",   "rope",
                                                 "--length", "8",          "--train-length",
                                                 "4",        "--key-size", "5"}
                                  << 1 << "5";
    QTest::newRow("no checkpoint") << QStringList{"inspect", "/nowhere/at/all"} << 1 << "/nowhere";
    QTest::newRow("inspect what") << QStringList{"inspect"} << 2 << "CHECKPOINT";
    QTest::newRow("two texts") << QStringList{"tokenize", fixture, "--text", "a", "--ids-file", "b"}
                               << 2 << "exactly one";
    QTest::newRow("unknown demo") << QStringList{"inspect", "demo:absent"} << 1 << "absent";
    QTest::newRow("unknown shell") << QStringList{"completion", "fish"} << 2 << "bash or zsh";
}

void CommandLineTest::statuses() {
    QFETCH(QStringList, words);
    QFETCH(int, status);
    QFETCH(QString, message);
    const Outcome outcome = run(words);
    QCOMPARE(outcome.status, status);
    QVERIFY2(outcome.err.contains(message.toUtf8()), outcome.err.constData());
    if (status != 0) QVERIFY(outcome.out.isEmpty());
}

void CommandLineTest::everyCommandExplainsItself() {
    const QByteArray overview = run({"--help"}).out;
    for (const char* name : {"inspect", "schemes", "tokenize", "plan", "completion"}) {
        QVERIFY2(overview.contains(name), name);
        const Outcome outcome = run({name, "--help"});
        QCOMPARE(outcome.status, 0);
        QVERIFY(outcome.out.contains("Usage: isentrope-cli " + QByteArray(name)));
        QVERIFY(outcome.out.contains("Examples:"));
        for (const QByteArray& line : outcome.out.split('\n'))
            QVERIFY2(line.size() <= 120, line.constData());
    }
}

void CommandLineTest::completionScriptsParse_data() {
    QTest::addColumn<QString>("shell");
    QTest::newRow("bash") << "bash";
    QTest::newRow("zsh") << "zsh";
}

void CommandLineTest::completionScriptsParse() {
    QFETCH(QString, shell);
    const Outcome script = run({"completion", shell});
    QCOMPARE(script.status, 0);
    QVERIFY(script.out.contains("--train-length"));
    QVERIFY(script.out.contains("tile pad none"));
    const QString program = QStandardPaths::findExecutable(shell);
    if (program.isEmpty()) QSKIP("the shell is not installed");
    QProcess check;
    check.start(program, {"-n"});
    QVERIFY(check.waitForStarted());
    check.write(script.out);
    check.closeWriteChannel();
    QVERIFY(check.waitForFinished());
    QCOMPARE(check.exitCode(), 0);
}

void CommandLineTest::planIsTheContract() {
    const Outcome outcome = run({"plan", "--scheme", "infoscale + rerope(w=32)", "--length", "4096",
                                 "--train-length", "64", "--key-size", "128", "--json"});
    QCOMPARE(outcome.status, 0);
    const QJsonObject plan = outcome.json();
    QCOMPARE(plan["scheme"].toString(), QString("rerope(w=32)+infoscale"));
    QCOMPARE(plan["n"].toInt(), 4096);
    QCOMPARE(plan["L0"].toInt(), 64);
    QCOMPARE(plan["d"].toInt(), 128);
    QCOMPARE(plan["position"]["rule"].toString(), QString("rerope"));
    QCOMPARE(plan["position"]["w"].toDouble(), 32.0);
    QCOMPARE(plan["position"]["angles"].toArray().size(), 64);
    const double expected =
        std::sqrt(1 - std::pow(4096, -2.0 / 128)) / std::sqrt(1 - std::pow(64, -2.0 / 128));
    QVERIFY(std::abs(plan["factor"].toDouble() - expected) < 1e-14);
    QVERIFY(plan["distance_factor"].isNull() && plan["distance_bias"].isNull());
    QVERIFY(plan["mask"]["window"].isNull());
    QCOMPARE(plan["adaptive"].toBool(true), false);
}

void CommandLineTest::planOfCosineTakesTheTrainedScale() {
    const QStringList words = {"plan", "--scheme",       "rope",      "--length",
                               "8",    "--train-length", "4",         "--key-size",
                               "4",    "--trained",      "cos(s=16)", "--json"};
    const QJsonObject plan = run(words).json();
    QCOMPARE(plan["similarity"]["kind"].toString(), QString("cos"));
    QCOMPARE(plan["similarity"]["s"].toDouble(), 16.0);
}

void CommandLineTest::schemesListEveryAxis() {
    const Outcome outcome = run({"schemes", "--json"});
    QCOMPARE(outcome.status, 0);
    const QJsonArray list = QJsonDocument::fromJson(outcome.out).array();
    QSet<QString> axes;
    for (const QJsonValue& entry : list) {
        axes.insert(entry["axis"].toString());
        QVERIFY(!entry["id"].toString().isEmpty() && !entry["source"].toString().isEmpty());
    }
    QCOMPARE(axes.size(), 5);
    QVERIFY(list.size() >= 35);
    QVERIFY(!run({"schemes", "--axis", "mask"}).out.contains("infoscale"));
}

void CommandLineTest::inspectIsTheContract() {
    const Outcome outcome = run({"inspect", fixture, "--json"});
    QCOMPARE(outcome.status, 0);
    const QJsonObject facts = outcome.json();
    QCOMPARE(facts["layers"].toInt(), 3);
    QCOMPARE(facts["hidden"].toInt(), 48);
    QCOMPARE(facts["intermediate"].toInt(), 96);
    QCOMPARE(facts["key_size"].toInt(), 32);
    QCOMPARE(facts["vocabulary"].toInt(), 433);
    QCOMPARE(facts["train_length"].toInt(), 64);
    QCOMPARE(facts["tied"].toBool(true), false);
    QCOMPARE(facts["sha256"].toString().size(), 64);
    QCOMPARE(facts["format"].toString(), QString("safetensors"));
    for (const char* key : {"similarity", "scheme", "parameters", "assumed", "warnings"})
        QVERIFY2(facts.contains(key), key);
    QVERIFY(run({"inspect", fixture}).out.contains("trained with"));
}

void CommandLineTest::inspectRefusesWithBothForms() {
    const QTemporaryDir folder;
    QFile page(folder.filePath("model.safetensors"));
    QVERIFY(page.open(QIODevice::WriteOnly));
    page.write("<!DOCTYPE html><html>404</html>");
    page.close();
    const Outcome outcome = run({"inspect", page.fileName(), "--json"});
    QCOMPARE(outcome.status, 1);
    QVERIFY(!outcome.err.isEmpty());
    const QJsonObject error = outcome.json()["error"].toObject();
    QVERIFY(!error["code"].toString().isEmpty());
    QVERIFY(error["message"].toString().contains("model.safetensors"));
}

void CommandLineTest::cacheIsListedAndGreyed() {
    const QTemporaryDir home;
    const QString model = home.filePath("models--somebody--half");
    QVERIFY(QDir().mkpath(model + "/snapshots/0123456789012345678901234567890123456789"));
    qputenv("HF_HUB_CACHE", home.path().toUtf8());
    const Outcome outcome = run({"inspect", "--list"});
    qunsetenv("HF_HUB_CACHE");
    QCOMPARE(outcome.status, 0);
    QVERIFY2(outcome.out.contains("somebody/half"), outcome.out.constData());
    QVERIFY(outcome.out.contains("not usable"));
}

void CommandLineTest::tokenizeIsTheContract() {
    const Outcome outcome = run({"tokenize", fixture, "--text", "a [MASK]", "--json"});
    QCOMPARE(outcome.status, 0);
    const QJsonObject json = outcome.json();
    const QJsonArray ids = json["ids"].toArray(), tokens = json["tokens"].toArray(),
                     bytes = json["bytes"].toArray();
    QCOMPARE(tokens.first().toString(), QString("[CLS]"));
    QCOMPARE(tokens.last().toString(), QString("[SEP]"));
    QCOMPARE(ids.size(), tokens.size());
    QCOMPARE(bytes.first().toArray(), (QJsonArray{0, 0}));
    const auto mask = tokens.size() - 2;
    QCOMPARE(tokens.at(mask).toString(), QString("[MASK]"));
    QCOMPARE(bytes.at(mask).toArray(), (QJsonArray{2, 8}));
    const Outcome bare =
        run({"tokenize", fixture, "--text", "[MASK]", "--no-special-tokens", "--json"});
    QCOMPARE(bare.json()["tokens"].toArray(), QJsonArray{"[MASK]"});
}

void CommandLineTest::tokenizeNeedsNoWeights() {
    const QTemporaryDir folder;
    for (const char* name : {"config.json", "vocab.txt"})
        QVERIFY(QFile::copy(fixture + "/" + name, folder.filePath(name)));
    QCOMPARE(run({"tokenize", folder.path(), "--text", "a"}).status, 0);
    QCOMPARE(run({"inspect", folder.path()}).status, 1);
}

QTEST_GUILESS_MAIN(CommandLineTest)
#include "tst_command_line.moc"
