// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/atomic_file.h"

#include "full_disk.h"
#include "result_folder.h"

#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace isentrope;

class AtomicFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anyPiecesMakeTheWhole_data();
    void anyPiecesMakeTheWhole();
    void placesCanBeWrittenInAnyOrder();
    void nothingAppearsBeforeCommit();
    void withoutCommitNothingRemains();
    void aFullDiskLeavesTheOldFile_data();
    void aFullDiskLeavesTheOldFile();
    void aFailureStays();
    void moreThanIsFreeIsRefusedAtOnce();
    void permissionsStay();
    void newFilesFollowTheMask();
    void linksStayLinks();
    void linksToNothingAreFilled();
    void impossibleTargets_data();
    void impossibleTargets();
    void aReadOnlyFolder();
    void aFolderThatTookTheName();
    void movedFilesFinishOnce();
};

void AtomicFileTest::anyPiecesMakeTheWhole_data() {
    QTest::addColumn<int>("piece");
    QTest::addColumn<int>("count");
    QTest::newRow("nothing") << 0 << 1;
    QTest::newRow("bytes") << 1 << 1000;
    QTest::newRow("across the buffer") << 1000 << 1000;
    QTest::newRow("just the buffer") << 256 * 1024 << 3;
    QTest::newRow("beyond the buffer") << 300'000 << 3;
}

void AtomicFileTest::anyPiecesMakeTheWhole() {
    QFETCH(int, piece);
    QFETCH(int, count);
    const ResultFolder folder;
    auto file = AtomicFile::create(folder.path("a"));
    QVERIFY(file.has_value());
    QByteArray whole;
    for (int i = 0; i < count; ++i) {
        const QByteArray bytes(piece, static_cast<char>(i));
        QVERIFY(file->write(bytes.toStdString()).has_value());
        whole += bytes;
    }
    QCOMPARE(file->size(), static_cast<std::uint64_t>(whole.size()));
    QVERIFY(file->commit().has_value());
    QCOMPARE(folder.content("a"), whole);
    QCOMPARE(folder.names(), QStringList{"a"});
}

void AtomicFileTest::placesCanBeWrittenInAnyOrder() {
    const ResultFolder folder;
    auto file = AtomicFile::create(folder.path("a"));
    QVERIFY(file.has_value());
    QVERIFY(file->write("head").has_value());
    QVERIFY(file->writeAt(8, std::as_bytes(std::span("last", 4))).has_value());
    QVERIFY(file->writeAt(4, std::as_bytes(std::span("next", 4))).has_value());
    QVERIFY(file->write("end").has_value());
    QVERIFY(file->commit().has_value());
    QCOMPARE(folder.content("a"), QByteArray("headnextlastend"));
}

void AtomicFileTest::nothingAppearsBeforeCommit() {
    const ResultFolder folder;
    QVERIFY(folder.put("a", "old"));
    auto file = AtomicFile::create(folder.path("a"));
    QVERIFY(file.has_value());
    QVERIFY(file->write("new").has_value());
    QVERIFY(file->prepare().has_value());
    QCOMPARE(folder.content("a"), QByteArray("old"));
    QVERIFY(file->commit().has_value());
    QCOMPARE(folder.content("a"), QByteArray("new"));
}

void AtomicFileTest::withoutCommitNothingRemains() {
    const ResultFolder folder;
    QVERIFY(folder.put("a", "old"));
    {
        auto file = AtomicFile::create(folder.path("a"));
        QVERIFY(file.has_value() && file->write("new").has_value());
        QCOMPARE(folder.names().size(), 2);
    }
    QCOMPARE(folder.names(), QStringList{"a"});
    QCOMPARE(folder.content("a"), QByteArray("old"));
}

void AtomicFileTest::aFullDiskLeavesTheOldFile_data() {
    QTest::addColumn<bool>("old");
    QTest::addColumn<int>("bytes");
    QTest::newRow("found when the buffer is flushed") << true << 100'000;
    QTest::newRow("found in a large write") << true << 1'000'000;
    QTest::newRow("without an old file") << false << 100'000;
}

void AtomicFileTest::aFullDiskLeavesTheOldFile() {
    QFETCH(bool, old);
    QFETCH(int, bytes);
    const ResultFolder folder;
    if (old) QVERIFY(folder.put("a", "old"));
    const FullDisk full(65'536);
    const auto saved =
        saveFile(folder.path("a"), std::string(static_cast<std::size_t>(bytes), 'x'));
    QVERIFY(!saved.has_value());
    QCOMPARE(saved.error().code, ErrorCode::WriteFailed);
    const std::string& message = saved.error().message;
    QVERIFY2(message.starts_with(folder.path("a").string() + ": cannot be saved: "),
             message.c_str());
    QVERIFY2(message.find(bytes == 100'000 ? "needs 100 kB" : "needs 1.0 MB") != std::string::npos,
             message.c_str());
    QCOMPARE(message.ends_with("the file that stood there is unchanged"), old);
    QCOMPARE(folder.names(), old ? QStringList{"a"} : QStringList{});
    if (old) QCOMPARE(folder.content("a"), QByteArray("old"));
}

void AtomicFileTest::aFailureStays() {
    const ResultFolder folder;
    auto file = AtomicFile::create(folder.path("a"));
    QVERIFY(file.has_value());
    std::string first;
    {
        const FullDisk full(1000);
        first = file->writeAt(2000, std::as_bytes(std::span("x", 1))).error().message;
    }
    QCOMPARE(file->write("y").error().message, first);
    QCOMPARE(file->commit().error().message, first);
    QCOMPARE(folder.names(), QStringList{});
}

void AtomicFileTest::moreThanIsFreeIsRefusedAtOnce() {
    const ResultFolder folder;
    const auto file = AtomicFile::create(folder.path("a"), std::uint64_t{1} << 60);
    QVERIFY(!file.has_value());
    QCOMPARE(file.error().code, ErrorCode::WriteFailed);
    QVERIFY(file.error().message.find("no space left: needs 1152922 TB, ") != std::string::npos);
    QCOMPARE(folder.names(), QStringList{});
}

void AtomicFileTest::permissionsStay() {
    const ResultFolder folder;
    for (const mode_t mode : {0600U, 0640U, 0666U, 0755U}) {
        QVERIFY(folder.put("a", "old"));
        QCOMPARE(::chmod(folder.path("a").c_str(), mode), 0);
        QVERIFY(saveFile(folder.path("a"), "new").has_value());
        struct stat status = {};
        QCOMPARE(::stat(folder.path("a").c_str(), &status), 0);
        QCOMPARE(status.st_mode & 07777, mode);
    }
}

void AtomicFileTest::newFilesFollowTheMask() {
    const ResultFolder folder;
    const mode_t before = ::umask(027);
    const auto saved = saveFile(folder.path("a"), "new");
    ::umask(before);
    QVERIFY(saved.has_value());
    struct stat status = {};
    QCOMPARE(::stat(folder.path("a").c_str(), &status), 0);
    QCOMPARE(status.st_mode & 07777, 0640U);
}

void AtomicFileTest::linksStayLinks() {
    const ResultFolder folder;
    QVERIFY(folder.put("real", "old"));
    std::filesystem::create_symlink("real", folder.path("near"));
    std::filesystem::create_symlink(folder.path("near"), folder.path("far"));
    QVERIFY(saveFile(folder.path("far"), "new").has_value());
    QVERIFY(std::filesystem::is_symlink(folder.path("far")));
    QVERIFY(std::filesystem::is_symlink(folder.path("near")));
    QVERIFY(!std::filesystem::is_symlink(folder.path("real")));
    QCOMPARE(folder.content("real"), QByteArray("new"));
}

void AtomicFileTest::linksToNothingAreFilled() {
    const ResultFolder folder;
    std::filesystem::create_symlink("real", folder.path("link"));
    QVERIFY(saveFile(folder.path("link"), "new").has_value());
    QVERIFY(std::filesystem::is_symlink(folder.path("link")));
    QCOMPARE(folder.content("real"), QByteArray("new"));
}

void AtomicFileTest::impossibleTargets_data() {
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("a folder") << QByteArray("folder") << QByteArray("a folder of this name");
    QTest::newRow("a name that ends as a folder")
        << QByteArray("folder/") << QByteArray("names no file");
    QTest::newRow("no folder") << QByteArray("absent/a") << QByteArray("make it first");
    QTest::newRow("a file as folder") << QByteArray("file/a") << QByteArray("is not a folder");
    QTest::newRow("a pipe") << QByteArray("pipe") << QByteArray("no regular file");
    QTest::newRow("a circle of links") << QByteArray("circle") << QByteArray("in a circle");
    QTest::newRow("a long name") << QByteArray(300, 'a') << QByteArray("a shorter one");
}

void AtomicFileTest::impossibleTargets() {
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, reason);
    const ResultFolder folder;
    std::filesystem::create_directory(folder.path("folder"));
    QVERIFY(folder.put("file", "old"));
    QCOMPARE(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
    std::filesystem::create_symlink("circle", folder.path("circle"));
    const QStringList before = folder.names();
    const auto saved = saveFile(folder.path(name.constData()), "new");
    QVERIFY(!saved.has_value());
    QCOMPARE(saved.error().code, ErrorCode::WriteFailed);
    QVERIFY2(saved.error().message.find(reason.constData()) != std::string::npos,
             saved.error().message.c_str());
    QCOMPARE(folder.names(), before);
    QVERIFY(!saveFile("", "new").has_value());
}

void AtomicFileTest::aReadOnlyFolder() {
    if (::geteuid() == 0) QSKIP("root may write into every folder");
    const ResultFolder folder;
    std::filesystem::create_directory(folder.path("closed"));
    QCOMPARE(::chmod(folder.path("closed").c_str(), 0500), 0);
    const auto saved = saveFile(folder.path("closed/a"), "new");
    QCOMPARE(::chmod(folder.path("closed").c_str(), 0700), 0);
    QVERIFY(!saved.has_value());
    QVERIFY(saved.error().message.find("no permission") != std::string::npos);
}

void AtomicFileTest::aFolderThatTookTheName() {
    const ResultFolder folder;
    auto file = AtomicFile::create(folder.path("a"));
    QVERIFY(file.has_value() && file->write("new").has_value());
    std::filesystem::create_directory(folder.path("a"));
    QCOMPARE(file->commit().error().code, ErrorCode::WriteFailed);
    QCOMPARE(folder.names(), QStringList{"a"});
}

void AtomicFileTest::movedFilesFinishOnce() {
    const ResultFolder folder;
    auto first = AtomicFile::create(folder.path("a"));
    auto second = AtomicFile::create(folder.path("b"));
    QVERIFY(first.has_value() && second.has_value());
    QVERIFY(first->write("a").has_value() && second->write("b").has_value());
    *second = std::move(*first);
    AtomicFile third = std::move(*second);
    QVERIFY(third.commit().has_value());
    QCOMPARE(folder.names(), QStringList{"a"});
    QCOMPARE(folder.content("a"), QByteArray("a"));
}

QTEST_GUILESS_MAIN(AtomicFileTest)
#include "tst_atomic_file.moc"
