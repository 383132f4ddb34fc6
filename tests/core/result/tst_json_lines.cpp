// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/json_lines.h"

#include "full_disk.h"
#include "result_folder.h"

#include <QtTest>

#include <atomic>
#include <cmath>
#include <map>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace isentrope;

class JsonLinesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recordsReadBack();
    void everyCutIsATornLine();
    void nulsAtTheEndAreTorn();
    void tornFilesAreNotAddedTo();
    void badLinesAreNamed_data();
    void badLinesAreNamed();
    void aLineBeyondTheLimit();
    void linesAcrossPieces();
    void severalWritersDoNotMix();
    void aFullDiskLeavesTheRecords();
    void impossibleFiles();
    void onlyObjectsAreRecords();
};

namespace {

const QByteArray twoRecords("{\"length\":64,\"depth\":0.5}\n{\"length\":128,\"depth\":null}\n");

} // namespace

void JsonLinesTest::recordsReadBack() {
    const ResultFolder folder;
    for (int run = 0; run < 2; ++run) {
        auto writer = JsonLinesWriter::open(folder.path("a"));
        QVERIFY(writer.has_value());
        const OrderedJson record = run == 0 ? OrderedJson{{"length", 64}, {"depth", 0.5}}
                                            : OrderedJson{{"length", 128}, {"depth", std::nan("")}};
        QVERIFY(writer->append(record).has_value());
    }
    QCOMPARE(folder.content("a"), twoRecords);
    const auto lines = readJsonLines(folder.path("a"));
    QVERIFY(lines.has_value());
    QCOMPARE(lines->records.size(), 2U);
    QCOMPARE(lines->records[1].at("length").get<int>(), 128);
    QCOMPARE(lines->wholeBytes, static_cast<std::uint64_t>(twoRecords.size()));
    QCOMPARE(lines->tornBytes, 0U);
}

void JsonLinesTest::everyCutIsATornLine() {
    const ResultFolder folder;
    const qsizetype first = twoRecords.indexOf('\n') + 1;
    for (qsizetype size = 0; size <= twoRecords.size(); ++size) {
        QVERIFY(folder.put("a", twoRecords.left(size)));
        const qsizetype whole = size == twoRecords.size() ? size : size >= first ? first : 0;
        const auto lines = readJsonLines(folder.path("a"));
        QVERIFY(lines.has_value());
        QCOMPARE(lines->wholeBytes, static_cast<std::uint64_t>(whole));
        QCOMPARE(lines->tornBytes, static_cast<std::uint64_t>(size - whole));
        QCOMPARE(repairJsonLines(folder.path("a")).value(), lines->tornBytes);
        QCOMPARE(folder.content("a"), twoRecords.left(whole));
        QVERIFY(JsonLinesWriter::open(folder.path("a")).has_value());
    }
}

void JsonLinesTest::nulsAtTheEndAreTorn() {
    const ResultFolder folder;
    QVERIFY(folder.put("a", twoRecords + QByteArray(100, '\0')));
    QCOMPARE(repairJsonLines(folder.path("a")).value(), 100U);
    QCOMPARE(folder.content("a"), twoRecords);
}

void JsonLinesTest::tornFilesAreNotAddedTo() {
    const ResultFolder folder;
    QVERIFY(folder.put("a", twoRecords.chopped(1)));
    const auto writer = JsonLinesWriter::open(folder.path("a"));
    QVERIFY(!writer.has_value());
    QCOMPARE(writer.error().code, ErrorCode::Malformed);
    QCOMPARE(folder.content("a"), twoRecords.chopped(1));
}

void JsonLinesTest::badLinesAreNamed_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("place");
    QTest::newRow("not JSON") << QByteArray("{}\n{]\n{}\n") << QByteArray("line 2: ");
    QTest::newRow("empty") << QByteArray("{}\n\n{}\n") << QByteArray("line 2: ");
    QTest::newRow("a number") << QByteArray("1\n") << QByteArray("line 1: ");
    QTest::newRow("two torn") << QByteArray("{}\n{}\n{\"a\":\n{\"b\"") << QByteArray("line 3: ");
    QTest::newRow("a text that is no record") << QByteArray("{}\nnotes") << QByteArray("line 2: ");
}

void JsonLinesTest::badLinesAreNamed() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, place);
    const ResultFolder folder;
    QVERIFY(folder.put("a", text));
    const auto lines = readJsonLines(folder.path("a"));
    QVERIFY(!lines.has_value());
    QCOMPARE(lines.error().code, ErrorCode::Malformed);
    QVERIFY2(
        lines.error().message.starts_with(folder.path("a").string() + ": " + place.toStdString()),
        lines.error().message.c_str());
    QVERIFY(!repairJsonLines(folder.path("a")).has_value());
    QCOMPARE(folder.content("a"), text);
}

void JsonLinesTest::aLineBeyondTheLimit() {
    const ResultFolder folder;
    QVERIFY(folder.put("a", "{"));
    QCOMPARE(::truncate(folder.path("a").c_str(), static_cast<off_t>(longestJsonLine) + 1), 0);
    QCOMPARE(readJsonLines(folder.path("a")).error().code, ErrorCode::TooLarge);
    auto writer = JsonLinesWriter::open(folder.path("b"));
    QVERIFY(writer.has_value());
    const OrderedJson large = {{"a", std::string(longestJsonLine, 'x')}};
    QCOMPARE(writer->append(large).error().code, ErrorCode::TooLarge);
    QCOMPARE(folder.content("b"), QByteArray());
}

void JsonLinesTest::linesAcrossPieces() {
    const ResultFolder folder;
    auto writer = JsonLinesWriter::open(folder.path("a"));
    QVERIFY(writer.has_value());
    const std::vector<std::size_t> sizes = {(1U << 20) - 8, 0, (2U << 20) + 5, 3};
    for (const std::size_t size : sizes)
        QVERIFY(writer->append({{"a", std::string(size, 'x')}}).has_value());
    const auto lines = readJsonLines(folder.path("a"));
    QVERIFY(lines.has_value());
    QCOMPARE(lines->records.size(), sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i)
        QCOMPARE(lines->records[i].at("a").get<std::string>().size(), sizes[i]);
}

void JsonLinesTest::severalWritersDoNotMix() {
    const ResultFolder folder;
    constexpr int writers = 4, each = 25;
    std::vector<std::thread> threads;
    std::atomic<int> failures = 0;
    for (int id = 0; id < writers; ++id)
        threads.emplace_back([&, id] {
            auto writer = JsonLinesWriter::open(folder.path("a"));
            for (int i = 0; i < each; ++i)
                if (!writer || !writer->append({{"id", id}, {"text", std::string(5'000, 'x')}}))
                    ++failures;
        });
    for (std::thread& thread : threads)
        thread.join();
    QCOMPARE(failures.load(), 0);
    const auto lines = readJsonLines(folder.path("a"));
    QVERIFY2(lines.has_value(), lines ? "" : lines.error().message.c_str());
    std::map<int, int> counts;
    for (const Json& record : lines->records)
        ++counts[record.at("id").get<int>()];
    QCOMPARE(counts, (std::map<int, int>{{0, each}, {1, each}, {2, each}, {3, each}}));
}

void JsonLinesTest::aFullDiskLeavesTheRecords() {
    const ResultFolder folder;
    QVERIFY(folder.put("a", twoRecords));
    auto writer = JsonLinesWriter::open(folder.path("a"));
    QVERIFY(writer.has_value());
    {
        const FullDisk full(1000);
        const auto added = writer->append({{"a", std::string(2'000, 'x')}});
        QVERIFY(!added.has_value());
        QCOMPARE(added.error().code, ErrorCode::WriteFailed);
        QVERIFY(added.error().message.ends_with("the records before it are unchanged"));
    }
    QCOMPARE(folder.content("a"), twoRecords);
    QVERIFY(writer->append(OrderedJson::object()).has_value());
    QCOMPARE(folder.content("a"), twoRecords + "{}\n");
}

void JsonLinesTest::impossibleFiles() {
    const ResultFolder folder;
    QCOMPARE(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
    QCOMPARE(JsonLinesWriter::open(folder.path("pipe")).error().code, ErrorCode::WriteFailed);
    QCOMPARE(JsonLinesWriter::open(folder.path("")).error().code, ErrorCode::WriteFailed);
    QCOMPARE(JsonLinesWriter::open(folder.path("absent/a")).error().code, ErrorCode::WriteFailed);
    QCOMPARE(readJsonLines(folder.path("a")).error().code, ErrorCode::NotFound);
    QVERIFY(!repairJsonLines(folder.path("a")).has_value());
}

void JsonLinesTest::onlyObjectsAreRecords() {
    const ResultFolder folder;
    auto writer = JsonLinesWriter::open(folder.path("a"));
    QVERIFY(writer.has_value());
    QCOMPARE(writer->append(OrderedJson(1)).error().code, ErrorCode::BadUsage);
    QCOMPARE(folder.content("a"), QByteArray());
}

QTEST_GUILESS_MAIN(JsonLinesTest)
#include "tst_json_lines.moc"
