// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/checkpoint/tensor_directory.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <csignal>

using namespace isentrope;
namespace fs = std::filesystem;

namespace {

const QString fixture = TEST_DATA_DIR "/fixture";

struct Outcome {
    int status = -1;
    QByteArray out, err;
};

Outcome run(const QStringList& words) {
    QProcess process;
    process.start(CLI, words);
    if (!process.waitForFinished(100'000) || process.exitStatus() != QProcess::NormalExit)
        return {};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

TensorDirectory directory(const fs::path& file) {
    auto read = readTensorDirectory(file);
    return read ? *read : TensorDirectory();
}

std::vector<float> floats(const TensorDirectory& file, const std::string& name) {
    const TensorEntry* entry = file.find(name);
    return entry ? readFloats(file, *entry).value_or(std::vector<float>()) : std::vector<float>();
}

std::vector<std::int64_t> integers(const TensorDirectory& file, const std::string& name) {
    const TensorEntry* entry = file.find(name);
    return entry ? readIntegers(file, *entry).value_or(std::vector<std::int64_t>())
                 : std::vector<std::int64_t>();
}

/// Writes ids as `--ids-file` takes them.
QString idsFile(const QTemporaryDir& folder, const std::vector<std::int64_t>& ids) {
    QFile file(folder.filePath("ids.txt"));
    if (!file.open(QIODevice::WriteOnly)) return {};
    for (const std::int64_t id : ids)
        file.write(QByteArray::number(qint64(id)) + "\n");
    return file.fileName();
}

double furthest(const std::vector<float>& a, const std::vector<float>& b, std::size_t count) {
    if (a.size() < count || b.size() < count) return HUGE_VAL;
    double largest = 0;
    for (std::size_t at = 0; at < count; ++at)
        largest =
            std::max(largest, std::abs(static_cast<double>(a[at]) - static_cast<double>(b[at])));
    return largest;
}

} // namespace

/// `attend` and `selftest` as processes: the files of the contract and their numbers.
class AttendTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void filesAreTheContract();
    void fullEqualsTheReference_data();
    void fullEqualsTheReference();
    void namesLoseWhatFilesCannotHold();
    void schemesAreSplitAndTakenOnce();
    void refuses_data();
    void refuses();
    void interruptLeavesNothing();
    void machineTestsItself();
};

void AttendTest::filesAreTheContract() {
    const QTemporaryDir folder;
    const Outcome outcome = run({"attend", fixture, "--text", "a b c", "--length", "70", "--scheme",
                                 "rerope(w=32)+logn", "--layers", "0,2", "--out", folder.path()});
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    const auto file = directory(folder.filePath("rerope(w=32)+logn.safetensors").toStdString());
    for (const char* layer : {"layer.0.", "layer.2."}) {
        for (const char* column :
             {"lse", "entropy", "near_mass", "max_weight", "sink_mass", "mean_distance"})
            QCOMPARE(floats(file, std::string(layer) + column).size(), std::size_t(70));
        // n = 70 has the ranges [1,10) and [10,100).
        QCOMPARE(floats(file, std::string(layer) + "range_mass").size(), std::size_t(140));
        QCOMPARE(floats(file, std::string(layer) + "range_entropy").size(), std::size_t(140));
        QCOMPARE(floats(file, std::string(layer) + "overview_mean").size(), std::size_t(70 * 70));
        QCOMPARE(integers(file, std::string(layer) + "max_column").size(), std::size_t(70));
    }
    QVERIFY(!file.find("layer.1.lse"));
    QVERIFY(!file.find("logits"));
    QCOMPARE(integers(file, "input_ids").size(), std::size_t(70));
    const std::map<std::string, std::string> expected = {
        {"scheme", "rerope(w=32)+logn"}, {"L0", "64"},     {"n", "70"}, {"tokens", "70"},
        {"precision", "exact"},          {"device", "cpu"}};
    for (const auto& [key, value] : expected)
        QCOMPARE(file.metadata.at(key), value);
    QCOMPARE(file.metadata.at("checkpoint").size(), std::size_t(64));
    QVERIFY(file.metadata.contains("version"));
}

void AttendTest::fullEqualsTheReference_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<int>("padding");
    const fs::path folder = TEST_DATA_DIR "/gau-cases";
    const auto text = readWholeFile(folder / "cases.json", 1 << 20);
    const Json cases = text ? Json::parse(*text) : Json::array();
    for (const Json& one : cases) {
        const auto scheme = one["scheme"].get<std::string>();
        const fs::path file = folder / "cases" / one["file"].get<std::string>();
        if (!fs::exists(file) || scheme.starts_with("cos(s=128)")) continue;
        QTest::newRow((file.stem().string() + " " + scheme).c_str())
            << QString::fromStdString(file.string()) << QString::fromStdString(scheme)
            << one["padding"].get<int>();
    }
}

void AttendTest::fullEqualsTheReference() {
    QFETCH(QString, file);
    QFETCH(QString, scheme);
    QFETCH(int, padding);
    const auto reference = directory(file.toStdString());
    const auto ids = integers(reference, "input_ids");
    const std::size_t open = ids.size() - static_cast<std::size_t>(padding);
    const QTemporaryDir folder;
    const Outcome outcome = run({"attend", fixture, "--ids-file", idsFile(folder, ids), "--scheme",
                                 scheme, "--full", "--out", folder.path(), "--json"});
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    const Json answer = Json::parse(outcome.out.toStdString());
    const auto ours = directory(answer[0]["file"].get<std::string>());
    for (const char* layer : {"0", "1", "2"})
        QVERIFY(furthest(floats(ours, std::string("layer.") + layer + ".attention"),
                         floats(reference, std::string("attention.") + layer),
                         open * ids.size()) < 1e-5);
    const auto logits = floats(reference, "logits");
    float largest = 0;
    for (const float logit : logits)
        largest = std::max(largest, std::abs(logit));
    QVERIFY(furthest(floats(ours, "logits"), logits, open * (logits.size() / ids.size())) <
            1e-4 * static_cast<double>(largest));
    for (std::size_t row = open; row < ids.size(); ++row)
        QVERIFY(std::isnan(floats(ours, "layer.0.entropy")[row]));
}

void AttendTest::namesLoseWhatFilesCannotHold() {
    const QTemporaryDir folder;
    const Outcome outcome = run({"attend", fixture, "--text", "a", "--scheme",
                                 "nope+temperature(\"ln(n)/ln(L)\")", "--out", folder.path()});
    QCOMPARE(outcome.status, 0);
    QVERIFY(QFile::exists(folder.filePath("nope+temperature(_ln(n)_ln(L)_).safetensors")));
}

void AttendTest::schemesAreSplitAndTakenOnce() {
    const QTemporaryDir folder;
    const Outcome outcome = run({"attend", fixture, "--text", "a b", "--scheme", "logn;pi + logn",
                                 "--scheme", "rope+logn;bias(\"-t;0\")", "--out", folder.path()});
    QCOMPARE(outcome.status, 1); // the `;` in quotes belongs to the formula, and a bias has no pair
    QVERIFY(outcome.err.contains("bias"));
    QCOMPARE(run({"attend", fixture, "--text", "a b", "--scheme", "logn;pi + logn", "--scheme",
                  "rope+logn", "--out", folder.path()})
                 .status,
             0);
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files),
             (QStringList{"pi+logn.safetensors", "rope+logn.safetensors"}));
}

void AttendTest::refuses_data() {
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("message");
    const QStringList start = {"attend", fixture, "--scheme", "rope"};
    QTest::newRow("no text") << start + QStringList{"--out", "maps"} << 2 << "exactly one";
    QTest::newRow("no such layer")
        << start + QStringList{"--text", "a", "--layers", "3", "--out", "maps"} << 2
        << "from 0 to 2";
    QTest::newRow("length 0") << start +
                                     QStringList{"--text", "a", "--length", "0", "--out", "maps"}
                              << 2 << "--length";
    QTest::newRow("no token") << start + QStringList{"--text", "", "--no-special-tokens", "--out",
                                                     "maps"}
                              << 1 << "no token";
    QTest::newRow("all maps of a long text")
        << start + QStringList{"--text", "a", "--length", "1000000", "--full", "--out", "maps"} << 1
        << "--full needs";
    QTest::newRow("no such device")
        << start + QStringList{"--text", "a", "--device", "tpu", "--out", "maps"} << 1 << "tpu";
    QTest::newRow("out is a file")
        << start + QStringList{"--text", "a", "--out", fixture + "/config.json"} << 1 << "--out";
}

void AttendTest::refuses() {
    QFETCH(QStringList, words);
    QFETCH(int, status);
    QFETCH(QString, message);
    const Outcome outcome = run(words);
    QCOMPARE(outcome.status, status);
    QVERIFY2(outcome.err.contains(message.toUtf8()), outcome.err.constData());
}

void AttendTest::interruptLeavesNothing() {
    const QTemporaryDir folder;
    QProcess process;
    process.start(CLI, {"attend", fixture, "--text", "a b c", "--length", "60000", "--scheme",
                        "rope", "--out", folder.path()});
    QVERIFY(process.waitForStarted());
    // The first line says that the text is ready: from there on there is a run to stop.
    process.setReadChannel(QProcess::StandardError);
    QByteArray said;
    while (!said.contains("repeated")) {
        QVERIFY(process.waitForReadyRead(60'000));
        said += process.readAllStandardError();
    }
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 1);
    QVERIFY(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden).isEmpty());
}

void AttendTest::machineTestsItself() {
    const Outcome outcome = run({"selftest", "--json"});
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    const Json rows = Json::parse(outcome.out.toStdString());
    QVERIFY(rows.size() >= 48);
    for (const Json& row : rows)
        QVERIFY2(row["ok"].get<bool>(), row.dump().c_str());
}

QTEST_GUILESS_MAIN(AttendTest)
#include "tst_attend.moc"
