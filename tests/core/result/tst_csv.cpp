// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/result/csv.h"
#include "core/result/csv_reader.h"
#include "core/result/sidecar.h"
#include "full_disk.h"
#include "result_folder.h"

#include <QtTest>

#include <clocale>
#include <cmath>

using namespace isentrope;

class CsvTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cellsPrint_data();
    void cellsPrint();
    void theHeaderIsTheFirstLine();
    void theSidecarHoldsUnits();
    void rowsReadBack();
    void anotherLocaleChangesNothing();
    void rowsMustFitTheColumns_data();
    void rowsMustFitTheColumns();
    void columnsMustHaveNames_data();
    void columnsMustHaveNames();
    void aFullDiskLeavesBothFiles();
    void badTextsAreRefused_data();
    void badTextsAreRefused();
    void otherLineEndsAndQuotesAreRead();
    void wrongCellsAreNamed();
    void filesHaveALimit();
};

namespace {

const std::vector<CsvColumn> columns = {{"scheme", "", CsvType::Text},
                                        {"length", "tokens", CsvType::Integer},
                                        {"entropy_mean", "nats", CsvType::Number}};

} // namespace

void CsvTest::cellsPrint_data() {
    QTest::addColumn<CsvCell>("cell");
    QTest::addColumn<QByteArray>("line");
    const auto row = [](const char* name, CsvCell cell, const char* line) {
        QTest::newRow(name) << cell << QByteArray(line);
    };
    row("plain", std::string("rope+logn"), "rope+logn\n");
    row("comma", std::string("yarn(fast=32,slow=1)"), "\"yarn(fast=32,slow=1)\"\n");
    row("quote", std::string("temperature(\"ln n\")"), "\"temperature(\"\"ln n\"\")\"\n");
    row("line break", std::string("a\nb"), "\"a\nb\"\n");
    row("nothing", std::string(), "\"\"\n");
    row("whole", std::int64_t{-9007199254740993}, "-9007199254740993\n");
    row("tenth", 0.1, "0.1\n");
    row("third", 1.0 / 3, "0.3333333333333333\n");
    row("not a number", std::nan(""), "nan\n");
    row("infinite", -HUGE_VAL, "-inf\n");
}

void CsvTest::cellsPrint() {
    QFETCH(CsvCell, cell);
    QFETCH(QByteArray, line);
    QCOMPARE(csvLine({&cell, 1}), line.toStdString());
}

void CsvTest::theHeaderIsTheFirstLine() {
    const ResultFolder folder;
    auto writer = CsvWriter::create(folder.path("a.csv"), columns);
    QVERIFY(writer.has_value());
    QVERIFY(writer->addRow({"pi+logn", std::int64_t{512}, 3.25}).has_value());
    QVERIFY(writer->commit({}).has_value());
    QCOMPARE(folder.content("a.csv"), QByteArray("scheme,length,entropy_mean\npi+logn,512,3.25\n"));
}

void CsvTest::theSidecarHoldsUnits() {
    const ResultFolder folder;
    auto writer = CsvWriter::create(folder.path("a.csv"), columns);
    Provenance provenance;
    provenance.checkpoint = "ab12";
    QVERIFY(writer.has_value() && writer->commit(provenance).has_value());
    const auto json = parseJson(folder.content("a.csv.json").toStdString(), "sidecar");
    QVERIFY(json.has_value());
    QVERIFY(json->at("columns").at(2) ==
            Json({{"name", "entropy_mean"}, {"type", "number"}, {"unit", "nats"}}));
    QVERIFY(json->at("columns").at(0) == Json({{"name", "scheme"}, {"type", "text"}}));
    QCOMPARE(readSidecar(folder.path("a.csv"))->checkpoint, std::string("ab12"));
}

void CsvTest::rowsReadBack() {
    const ResultFolder folder;
    const std::vector<std::vector<CsvCell>> rows = {{"yarn(fast=32,slow=1)", std::int64_t{1}, 0.1},
                                                    {"a \"b\"\r\n,", std::int64_t{-5}, 1e-300},
                                                    {"", std::int64_t{1} << 62, std::nan("")}};
    auto writer = CsvWriter::create(folder.path("a.csv"), columns);
    QVERIFY(writer.has_value());
    for (const auto& row : rows)
        QVERIFY(writer->addRow(row).has_value());
    QVERIFY(writer->commit({}).has_value());
    const auto table = readCsv(folder.path("a.csv"));
    QVERIFY2(table.has_value(), table ? "" : table.error().message.c_str());
    QCOMPARE(table->columns(), (std::vector<std::string>{"scheme", "length", "entropy_mean"}));
    QCOMPARE(table->rows(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        QCOMPARE(table->text(i, 0), std::get<std::string>(rows[i][0]));
        QCOMPARE(table->integer(i, 1).value(), std::get<std::int64_t>(rows[i][1]));
        const double number = std::get<double>(rows[i][2]), read = table->number(i, 2).value();
        QVERIFY(number == read || (std::isnan(number) && std::isnan(read)));
    }
}

void CsvTest::anotherLocaleChangesNothing() {
    const char* found = nullptr;
    for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE"})
        if (found == nullptr) found = std::setlocale(LC_ALL, name);
    if (found == nullptr) QSKIP("no locale with a decimal comma is installed");
    const CsvCell cell = 1234567.5;
    const std::string line = csvLine({&cell, 1});
    const auto table = CsvTable::parse("a\n1.5\n", "test");
    std::setlocale(LC_ALL, "C");
    QCOMPARE(line, std::string("1234567.5\n"));
    QCOMPARE(table->number(0, 0).value(), 1.5);
}

void CsvTest::rowsMustFitTheColumns_data() {
    QTest::addColumn<std::vector<CsvCell>>("row");
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const char* name, std::vector<CsvCell> cells, const char* reason) {
        QTest::newRow(name) << cells << QByteArray(reason);
    };
    row("too few", {"a", std::int64_t{1}}, "a row has 2 cells; expected 3");
    row("a number for a text", {1.0, std::int64_t{1}, 1.0}, "\"scheme\"");
    row("a number for an integer", {"a", 1.0, 1.0}, "\"length\"");
    row("an integer for a number", {"a", std::int64_t{1}, std::int64_t{1}}, "\"entropy_mean\"");
}

void CsvTest::rowsMustFitTheColumns() {
    using Row = std::vector<CsvCell>;
    QFETCH(Row, row);
    QFETCH(QByteArray, reason);
    const ResultFolder folder;
    auto writer = CsvWriter::create(folder.path("a.csv"), columns);
    QVERIFY(writer.has_value());
    const auto added = writer->addRow(row);
    QVERIFY(!added.has_value());
    QCOMPARE(added.error().code, ErrorCode::Mismatch);
    QVERIFY2(added.error().message.find(reason.constData()) != std::string::npos,
             added.error().message.c_str());
}

void CsvTest::columnsMustHaveNames_data() {
    QTest::addColumn<std::vector<CsvColumn>>("wrong");
    QTest::newRow("none") << std::vector<CsvColumn>{};
    QTest::newRow("no name") << std::vector<CsvColumn>{{"", "", CsvType::Text}};
    QTest::newRow("twice") << std::vector<CsvColumn>{{"a", "", CsvType::Text},
                                                     {"a", "", CsvType::Number}};
}

void CsvTest::columnsMustHaveNames() {
    QFETCH(std::vector<CsvColumn>, wrong);
    const ResultFolder folder;
    QCOMPARE(CsvWriter::create(folder.path("a.csv"), wrong).error().code, ErrorCode::BadUsage);
    QCOMPARE(folder.names(), QStringList{});
}

void CsvTest::aFullDiskLeavesBothFiles() {
    const ResultFolder folder;
    QVERIFY(folder.put("a.csv", "old") && folder.put("a.csv.json", "old too"));
    {
        const FullDisk full(65'536);
        auto writer = CsvWriter::create(folder.path("a.csv"), columns);
        QVERIFY(writer.has_value());
        for (int i = 0; i < 5'000; ++i)
            QVERIFY(writer->addRow({"rope+infoscale", std::int64_t{i}, i / 3.0}).has_value());
        QCOMPARE(writer->commit({}).error().code, ErrorCode::WriteFailed);
    }
    QCOMPARE(folder.names(), (QStringList{"a.csv", "a.csv.json"}));
    QCOMPARE(folder.content("a.csv"), QByteArray("old"));
    QCOMPARE(folder.content("a.csv.json"), QByteArray("old too"));
}

void CsvTest::badTextsAreRefused_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const char* name, QByteArray text, ErrorCode code, const char* reason) {
        QTest::newRow(name) << text << code << QByteArray(reason);
    };
    using enum ErrorCode;
    row("empty", "", Truncated, "is empty");
    row("no line break at the end", "a,b\n1,2", Truncated, "line 2: does not end");
    row("an open quote", "a,b\n1,\"x\n2,3\n", Truncated, "line 2: a quote");
    row("a quote inside", "a,b\n1,x\"y\n", Malformed, "line 2: column 2: ");
    row("text behind a quote", "a,b\n\"1\"x,2\n", Malformed, "line 2: column 1: ");
    row("a lone carriage return", "a,b\r1,2\n", Malformed, "line 1: column 2: ");
    row("too few cells", "a,b\n1,2\n3\n", Malformed, "line 3: has 1 cells; expected 2");
    row("too many cells", "a,b\n1,2,3\n", Malformed, "line 2: has 3 cells; expected 2");
    row("lines inside a quote count", "a,b\n\"\n\n\",2\n3\n", Malformed, "line 5: has 1 cells");
    row("one name twice", "a,a\n", Malformed, "line 1: a column");
    row("a column without name", "a,\n", Malformed, "line 1: a column");
    row("byte order mark",
        "\xEF\xBB\xBF"
        "a\n",
        Malformed, "byte order mark");
    row("NUL", QByteArray("a\n\0\n", 4), Malformed, "NUL");
}

void CsvTest::badTextsAreRefused() {
    QFETCH(QByteArray, text);
    QFETCH(ErrorCode, code);
    QFETCH(QByteArray, reason);
    const auto table = CsvTable::parse(text.toStdString(), "test");
    QVERIFY(!table.has_value());
    QCOMPARE(table.error().code, code);
    QVERIFY2(table.error().message.starts_with("test: " + reason.toStdString()) ||
                 table.error().message.find(reason.constData()) != std::string::npos,
             table.error().message.c_str());
}

void CsvTest::otherLineEndsAndQuotesAreRead() {
    const auto table = CsvTable::parse("\"a\",b\r\n\"x, \"\"y\"\"\",2\r\n,\r\n", "test");
    QVERIFY(table.has_value());
    QCOMPARE(table->columns(), (std::vector<std::string>{"a", "b"}));
    QCOMPARE(table->text(0, 0), std::string("x, \"y\""));
    QCOMPARE(table->integer(0, 1).value(), 2);
    QCOMPARE(table->text(1, 1), std::string());
}

void CsvTest::wrongCellsAreNamed() {
    const auto table = CsvTable::parse("length,layer\n1,\"\n\"\n2x,0.5\n", "test");
    QVERIFY(table.has_value());
    QCOMPARE(table->integer(1, 0).error().message,
             std::string("test: line 4, column \"length\": found \"2x\", expected a whole number"));
    QVERIFY(!table->number(1, 0).has_value());
    QVERIFY(!table->integer(1, 1).has_value());
    QCOMPARE(table->number(1, 1).value(), 0.5);
    QCOMPARE(table->column("layer").value(), 1U);
    QCOMPARE(table->column("lenght").error().message,
             std::string("test: has no column \"lenght\". Did you mean \"length\"?"));
}

void CsvTest::filesHaveALimit() {
    const ResultFolder folder;
    QVERIFY(folder.put("a.csv", "a\n1\n"));
    QCOMPARE(readCsv(folder.path("a.csv"), 3).error().code, ErrorCode::TooLarge);
    QCOMPARE(readCsv(folder.path("a.csv"), 4)->rows(), 1U);
    QCOMPARE(readCsv(folder.path("b.csv")).error().code, ErrorCode::NotFound);
}

QTEST_GUILESS_MAIN(CsvTest)
#include "tst_csv.moc"
