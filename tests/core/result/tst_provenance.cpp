// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/provenance_json.h"

#include <QVersionNumber>
#include <QtTest>

using namespace isentrope;

class ProvenanceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void onlyWhatIsSetIsSaid();
    void everythingIsSaid();
    void jsonReadsBack();
    void wrongTypesAreNamed_data();
    void wrongTypesAreNamed();
};

namespace {

Provenance full() {
    return {"ab12", "rope+logn", 64, 512, 510, 7, "exact", "cpu"};
}

} // namespace

void ProvenanceTest::onlyWhatIsSetIsSaid() {
    const std::map<std::string, std::string> expected = {{"version", programVersion()},
                                                         {"n", "512"}};
    Provenance provenance;
    provenance.length = 512;
    QVERIFY(provenance.fields() == expected);
    QVERIFY(QVersionNumber::fromString(QString::fromStdString(programVersion())).segmentCount() ==
            3);
}

void ProvenanceTest::everythingIsSaid() {
    const std::map<std::string, std::string> expected = {{"version", programVersion()},
                                                         {"checkpoint", "ab12"},
                                                         {"scheme", "rope+logn"},
                                                         {"L0", "64"},
                                                         {"n", "512"},
                                                         {"tokens", "510"},
                                                         {"seed", "7"},
                                                         {"precision", "exact"},
                                                         {"device", "cpu"}};
    QVERIFY(full().fields() == expected);
}

void ProvenanceTest::jsonReadsBack() {
    for (const Provenance& provenance : {full(), Provenance{}}) {
        const std::string text = jsonText(provenanceJson(provenance));
        const auto read = provenanceFromJson(parseJson(text, "test").value(), "test");
        QVERIFY(read.has_value());
        QVERIFY(read->fields() == provenance.fields());
    }
}

void ProvenanceTest::wrongTypesAreNamed_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("named");
    QTest::newRow("no object") << QByteArray("[]") << QByteArray("no object");
    QTest::newRow("number as text") << QByteArray(R"({"n":"512"})") << QByteArray("\"n\"");
    QTest::newRow("fraction") << QByteArray(R"({"L0":64.5})") << QByteArray("\"L0\"");
    QTest::newRow("text as number") << QByteArray(R"({"scheme":1})") << QByteArray("\"scheme\"");
}

void ProvenanceTest::wrongTypesAreNamed() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, named);
    const auto read = provenanceFromJson(parseJson(text.toStdString(), "test").value(), "test");
    QVERIFY(!read.has_value());
    QCOMPARE(read.error().code, ErrorCode::Malformed);
    QVERIFY(read.error().message.find(named.constData()) != std::string::npos);
}

QTEST_GUILESS_MAIN(ProvenanceTest)
#include "tst_provenance.moc"
