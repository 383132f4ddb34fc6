// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheme_testing.h"

#include "core/base/json.h"
#include "core/scheme/axis.h"
#include "core/scheme/own_formula_check.h"
#include "core/scheme/part_values.h"
#include "core/scheme/user_schemes.h"

#include <QTemporaryDir>

using namespace isentrope;

namespace {

const Catalogue& catalogue() {
    return Catalogue::builtIn();
}

/// The built-in catalogue as JSON, to be changed by a test.
Json builtInJson() {
    QFile file(QStringLiteral(SCHEMES_FILE));
    if (!file.open(QIODevice::ReadOnly)) return {};
    return Json::parse(file.readAll().toStdString());
}

} // namespace

class CatalogueTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyEntryTellsWhatItIs_data();
    void everyEntryTellsWhatItIs();
    void everyAxisHasItsDefault();
    void everyNameOfTheContractIsThere();
    void presetsCompile();
    void aNewSchemeIsOneEntry();
    void brokenCataloguesAreNamed_data();
    void brokenCataloguesAreNamed();
    void userFileAddsSchemes();
    void userFileRefusesEntries_data();
    void userFileRefusesEntries();
    void userFileIsRefusedWhole_data();
    void userFileIsRefusedWhole();
    void userFileComesBack();
    void ownFormulasAreCheckedAsTyped_data();
    void ownFormulasAreCheckedAsTyped();

private:
    std::string write(const QByteArray& content) {
        QFile file(m_folder.filePath("mine.json"));
        if (file.open(QIODevice::WriteOnly)) file.write(content);
        return file.fileName().toStdString();
    }
    QTemporaryDir m_folder;
};

void CatalogueTest::everyEntryTellsWhatItIs_data() {
    QTest::addColumn<QString>("id");
    for (const Entry& entry : catalogue().entries())
        QTest::newRow(entry.id.c_str()) << QString::fromStdString(entry.id);
}

void CatalogueTest::everyEntryTellsWhatItIs() {
    QFETCH(QString, id);
    const Entry& entry = *catalogue().find(id.toStdString());
    QVERIFY(!entry.meaning.empty() && !entry.formula.empty() && !entry.source.empty());
    QCOMPARE(entry.departure.empty(), !id.endsWith("-ref") && id != "sinks");
    QVERIFY(entry.recipe.index() == static_cast<std::size_t>(entry.axis));
    for (const Parameter& parameter : entry.parameters) {
        QVERIFY(!parameter.meaning.empty());
        QVERIFY(parameter.step > 0 && parameter.least < parameter.most);
        QVERIFY(inRange(parameter, parameter.least) && inRange(parameter, parameter.most));
        if (parameter.number) QVERIFY(inRange(parameter, *parameter.number));
        QVERIFY(!parameter.defaultText.empty() || !parameter.missing.empty());
    }
}

void CatalogueTest::everyAxisHasItsDefault() {
    const std::array<std::string, axisCount> defaults = {"dot", "rope", "softmax", "none", "full"};
    for (const Axis axis : allAxes) {
        QCOMPARE(catalogue().defaultOf(axis).id, defaults[static_cast<std::size_t>(axis)]);
        QCOMPARE(axisCalled(axisName(axis)), std::optional(axis));
    }
    QVERIFY(!axisCalled("rope"));
}

void CatalogueTest::everyNameOfTheContractIsThere() {
    for (const char* notation : {"dot",
                                 "cos(s=16)",
                                 "rope(base=10000)",
                                 "pi",
                                 "ntk",
                                 "dynamic-ntk(factor=1)",
                                 "ntk-mixed(b=0.75)",
                                 "yarn(fast=32,slow=1,mscale=0.1)",
                                 "p-rope(p=0.25)",
                                 "half-rope(base=1024)",
                                 "hope",
                                 "nope",
                                 "rerope(w=32)",
                                 "leaky-rerope(w=32,k=16)",
                                 "self-extend(w=32,g=2)",
                                 "pi-ref",
                                 "rerope-ref(w=64)",
                                 "softmax",
                                 "logn(L=64)",
                                 "logn-clipped(L=64)",
                                 "softmax-plus(L=512)",
                                 "infoscale(L=64)",
                                 "yarn-temperature(c=0.1)",
                                 "constant(c=1)",
                                 "critical(gamma=1)",
                                 "ssmax(s=0.43)",
                                 "llama4(scale=0.1,floor=64)",
                                 "ministral(beta=0.1,L=64)",
                                 "qwen-logn(L=64)",
                                 "scale-invariant(tau=10)",
                                 "adaptive",
                                 "none",
                                 "alibi(slope=0.00390625)",
                                 "alibi-ref(slope=0.00390625)",
                                 "kerple-log(r1=1,r2=1)",
                                 "kerple-power(r1=1,r2=1)",
                                 "sandwich(dim=128,r=8)",
                                 "full",
                                 "window(w=63)",
                                 "sinks(k=4,w=63)",
                                 "streaming(k=4,w=63)",
                                 "lambda(k=10,w=64)"}) {
        const auto scheme = parseNotation(notation, catalogue());
        QVERIFY2(scheme.has_value(), scheme ? "" : scheme.error().message.c_str());
    }
}

void CatalogueTest::presetsCompile() {
    QVERIFY(!catalogue().presets().empty());
    for (const Preset& preset : catalogue().presets()) {
        QVERIFY(!preset.title.empty() && !preset.schemes.empty());
        for (const std::string& notation : preset.schemes)
            QCOMPARE(planOf(notation.c_str(), 4096).scheme, notation);
    }
}

void CatalogueTest::aNewSchemeIsOneEntry() {
    Json json = builtInJson();
    json["schemes"].push_back({{"id", "root-n"},
                               {"axis", "temperature"},
                               {"meaning", "grows with a power of n"},
                               {"formula", "a(n) = (n / L0)^p"},
                               {"source", "a test"},
                               {"parameters",
                                {{{"key", "p"},
                                  {"default", 0.5},
                                  {"min", 0},
                                  {"max", 1},
                                  {"step", 0.1},
                                  {"meaning", "the power"}}}},
                               {"temperature", {{"factor", "(n/L0)^p"}}}});
    const auto extended = Catalogue::fromJson(json.dump(), "test");
    QVERIFY2(extended.has_value(), extended ? "" : extended.error().message.c_str());
    const auto scheme = parseScheme("root-n(p=0.25)+pi", *extended);
    QVERIFY(scheme.has_value());
    QCOMPARE(canonical(*scheme, *extended), std::string("pi+root-n(p=0.25)"));
    QCOMPARE(compile(*scheme, *extended, {1024, 0, 64, 128, {}})->factor, 2.0);
}

void CatalogueTest::brokenCataloguesAreNamed_data() {
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* pointer, const char* value, const char* message) {
        QTest::newRow(message) << QString(pointer) << QString(value) << QString(message);
    };
    // Entries: 0 dot, 1 cos, 2 rope, 3 pi, 7 yarn.
    row("/schemes/3/position/angle", "\"theta / x\"",
        "test: pi.position: \"theta / x\", column 9: unknown `x`; known are n, L, L0, d, t, i, "
        "plane, s, trained_s");
    row("/schemes/3/axis", "\"colour\"", "test: pi: axis is \"colour\", which is not known");
    row("/schemes/3/id", "\"rope\"", "test: rope: stands twice");
    row("/schemes/3/position/rule", "\"bent\"",
        "test: pi.position: rule is \"bent\", which is not known");
    row("/schemes/2/parameters/0/min", "\"one\"", "test: rope.parameters: expected a number min");
    row("/schemes/2/source", "3", "test: rope: expected a text source");
    row("/schemes/2/parameters", "3", "test: rope: expected a list parameters");
    row("/schemes/2", "3", "test: entry 3: expected an object");
    row("/schemes/2/warnings/0/text", "\"{n\"",
        "test: rope.warnings: a brace is not closed in \"{n\"");
    row("/schemes/2/warnings/0/level", "\"loud\"",
        "test: rope.warnings: level is \"loud\", which is not known");
    row("/schemes", "[]", "test: an axis has no entry");
}

void CatalogueTest::brokenCataloguesAreNamed() {
    QFETCH(QString, pointer);
    QFETCH(QString, value);
    QFETCH(QString, message);
    Json json = builtInJson();
    json[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
    const auto broken = Catalogue::fromJson(json.dump(), "test");
    QVERIFY(!broken.has_value());
    QCOMPARE(broken.error().code, ErrorCode::Malformed);
    QVERIFY2(broken.error().message.starts_with(message.toStdString()),
             broken.error().message.c_str());
}

void CatalogueTest::userFileAddsSchemes() {
    const std::string file = write(R"json({"format":1,"schemes":[
        {"id":"soft-logn","axis":"temperature","formula":"sqrt(ln(n)/ln(L))","meaning":"gentle"},
        {"id":"wall","axis":"bias","formula":"-max(0, t - 10)"}]})json");
    std::vector<Error> refused;
    const auto mine = catalogue().withUserFile(file, &refused);
    QVERIFY(mine.has_value());
    QVERIFY(refused.empty());
    QCOMPARE(mine->entries().size(), catalogue().entries().size() + 2);
    QVERIFY(mine->find("wall")->own);
    const auto scheme = parseScheme("soft-logn+wall", *mine);
    QVERIFY(scheme.has_value());
    const std::string notation = canonical(*scheme, *mine);
    QCOMPARE(notation, std::string("rope+temperature(\"sqrt(ln(n)/ln(L))\")"
                                   "+bias(\"-max(0, t - 10)\")"));
    // What is saved means the same without the file.
    const auto alone =
        compile(*parseScheme(notation, catalogue()), catalogue(), {4096, 0, 64, 128, {}});
    QVERIFY(std::abs(alone->factor - std::sqrt(2.0)) <= 1e-14);
    QCOMPARE(alone->distanceBias[100], -90.0);
}

void CatalogueTest::userFileRefusesEntries_data() {
    QTest::addColumn<QString>("entry");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* entry, const char* message) {
        QTest::newRow(message) << QString(entry) << QString(message);
    };
    row(R"({"id":"bad","axis":"temperature","formula":"ln(n) / m"})",
        "entry \"bad\": column 9: unknown `m`; known are n, L, d, t, i");
    row(R"({"id":"bad","axis":"bias","formula":"t +"})",
        "entry \"bad\": column 4: expected a number, a name or `(`, found the end");
    row(R"({"id":"logn","axis":"temperature","formula":"1"})",
        "entry \"logn\": the name is taken; expected one that is not in the catalogue");
    row(R"({"id":"bias","axis":"bias","formula":"1"})",
        "entry \"bias\": the name is taken; expected one that is not in the catalogue");
    row(R"({"id":"good","axis":"bias","formula":"2"})",
        "entry \"good\": the name is taken; expected one that is not in the catalogue");
    row(R"({"id":"My scheme","axis":"bias","formula":"1"})",
        "entry \"My scheme\": expected a name of a to z, 0 to 9 and `-` that begins with a letter "
        "and has at most 40 characters");
}

void CatalogueTest::userFileRefusesEntries() {
    QFETCH(QString, entry);
    QFETCH(QString, message);
    const std::string file =
        write(QString(R"({"schemes":[{"id":"good","axis":"temperature","formula":"2"},%1]})")
                  .arg(entry)
                  .toUtf8());
    std::vector<Error> refused;
    const auto mine = catalogue().withUserFile(file, &refused);
    QVERIFY(mine.has_value());
    QVERIFY(mine->find("good"));
    QCOMPARE(mine->entries().size(), catalogue().entries().size() + 1);
    QCOMPARE(refused.size(), std::size_t{1});
    QCOMPARE(QString::fromStdString(refused.front().message),
             QString::fromStdString(file) + ": " + message);
}

void CatalogueTest::userFileIsRefusedWhole_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("message");
    QTest::newRow("not JSON") << QByteArray("{") << "not JSON";
    QTest::newRow("no list") << QByteArray("{}") << "expected an object with a list \"schemes\"";
    QTest::newRow("a list") << QByteArray("[]") << "expected an object with a list \"schemes\"";
    QTest::newRow("no object") << QByteArray(R"({"schemes":[1]})") << "entry 1: expected an object";
    QTest::newRow("no formula") << QByteArray(R"({"schemes":[{"id":"a","axis":"bias"}]})")
                                << "entry 1: expected a text \"formula\"";
    QTest::newRow("a position")
        << QByteArray(R"({"schemes":[{"id":"a","axis":"position","formula":"1"}]})")
        << "an own scheme is a \"temperature\" or a \"bias\"";
    QTest::newRow("too large") << QByteArray(2'000'000, ' ') << "";
}

void CatalogueTest::userFileIsRefusedWhole() {
    QFETCH(QByteArray, content);
    QFETCH(QString, message);
    const std::string file = write(content);
    const auto mine = catalogue().withUserFile(file);
    QVERIFY(!mine.has_value());
    const QString found = QString::fromStdString(mine.error().message);
    QVERIFY2(found.contains(message) && found.contains("mine.json"), qPrintable(found));
}

void CatalogueTest::userFileComesBack() {
    const std::vector<UserScheme> schemes = {{"one", Axis::Temperature, "1 ; -t", "größer", "me"},
                                             {"two", Axis::Bias, "-t", "", ""}};
    const std::string file = write(QByteArray::fromStdString(userSchemesJson(schemes)));
    const auto read = readUserSchemes(file);
    QVERIFY(read.has_value());
    QCOMPARE(read->size(), schemes.size());
    QCOMPARE((*read)[0].meaning, schemes[0].meaning);
    QCOMPARE((*read)[1].formula, schemes[1].formula);
    QCOMPARE((*read)[1].axis, Axis::Bias);
}

void CatalogueTest::ownFormulasAreCheckedAsTyped_data() {
    QTest::addColumn<int>("axis");
    QTest::addColumn<QString>("formula");
    QTest::addColumn<QString>("message");
    const int temperature = static_cast<int>(Axis::Temperature);
    const int bias = static_cast<int>(Axis::Bias);
    QTest::newRow("good") << temperature << "ln(n)/ln(L)"
                          << "";
    QTest::newRow("good bias") << bias << "-t"
                               << "";
    QTest::newRow("unknown") << temperature << "ln(n) / m"
                             << "column 9: unknown `m`; known are n, L, d, t, i";
    QTest::newRow("first length") << temperature << "1/(n-64)"
                                  << "not finite at n = 64";
    QTest::newRow("later length") << temperature << "1/(n-1024)"
                                  << "not finite at n = 1024";
    QTest::newRow("distance") << bias << "ln(t)"
                              << "not finite at n = 64";
}

void CatalogueTest::ownFormulasAreCheckedAsTyped() {
    QFETCH(int, axis);
    QFETCH(QString, formula);
    QFETCH(QString, message);
    const auto problem = ownFormulaProblem(static_cast<Axis>(axis), formula.toStdString(), 64, 128);
    QCOMPARE(problem ? QString::fromStdString(problem->message) : QString(), message);
}

QTEST_GUILESS_MAIN(CatalogueTest)
#include "tst_catalogue.moc"
