// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache_folder.h"

#include "core/checkpoint/huggingface_cache.h"
#include "core/checkpoint/location.h"

#include <QtTest>

using namespace isentrope;
using namespace isentrope::test;
namespace fs = std::filesystem;

namespace {

/// Sets the variables that name caches for one test and puts back what was there.
class Environment {
public:
    explicit Environment(const QMap<QByteArray, QByteArray>& values) {
        for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME",
                                 "TRANSFORMERS_CACHE", "XDG_CACHE_HOME", "HOME"}) {
            m_before[name] = qEnvironmentVariableIsSet(name) ? qgetenv(name) : QByteArray();
            qunsetenv(name);
            if (values.contains(name)) qputenv(name, values[name]);
        }
    }
    ~Environment() {
        for (auto it = m_before.cbegin(); it != m_before.cend(); ++it)
            it->isNull() ? qunsetenv(it.key()) : qputenv(it.key(), *it);
    }
    Q_DISABLE_COPY_MOVE(Environment)

private:
    QMap<QByteArray, QByteArray> m_before;
};

} // namespace

class HuggingFaceCacheTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rootsFollowTheEnvironment_data();
    void rootsFollowTheEnvironment();
    void namesAreParsed_data();
    void namesAreParsed();
    void revisionsAreFound_data();
    void revisionsAreFound();
    void namesMayHoldDashes();
    void mainComesFirst();
    void badRefsAreIgnored();
    void misspeltNamesAreNear();
    void brokenDownloadsAreNamed();
    void modelFoldersResolve();
    void secondRootHelps();
};

void HuggingFaceCacheTest::rootsFollowTheEnvironment_data() {
    using Variables = QMap<QByteArray, QByteArray>;
    QTest::addColumn<Variables>("variables");
    QTest::addColumn<QStringList>("roots");
    QTest::newRow("nothing set") << Variables{{"HOME", "/home/u"}}
                                 << QStringList{"/home/u/.cache/huggingface/hub"};
    QTest::newRow("XDG") << Variables{{"HOME", "/home/u"}, {"XDG_CACHE_HOME", "/x"}}
                         << QStringList{"/x/huggingface/hub"};
    QTest::newRow("HF_HOME") << Variables{{"HF_HOME", "/h"}, {"XDG_CACHE_HOME", "/x"}}
                             << QStringList{"/h/hub"};
    QTest::newRow("HF_HUB_CACHE") << Variables{{"HF_HUB_CACHE", "/c"}, {"HF_HOME", "/h"}}
                                  << QStringList{"/c"};
    QTest::newRow("old name alone")
        << Variables{{"HUGGINGFACE_HUB_CACHE", "/o"}} << QStringList{"/o"};
    QTest::newRow("all") << Variables{{"HF_HUB_CACHE", "/c"},
                                      {"HUGGINGFACE_HUB_CACHE", "/o"},
                                      {"TRANSFORMERS_CACHE", "/t"}}
                         << QStringList{"/c", "/o", "/t"};
    QTest::newRow("home in a value") << Variables{{"HOME", "/home/u"}, {"HF_HOME", "~/models"}}
                                     << QStringList{"/home/u/models/hub"};
}

void HuggingFaceCacheTest::rootsFollowTheEnvironment() {
    using Variables = QMap<QByteArray, QByteArray>;
    QFETCH(Variables, variables);
    QFETCH(QStringList, roots);
    const Environment environment(variables);
    QStringList found;
    for (const fs::path& root : standardCacheRoots())
        found << QString::fromStdString(root.string());
    QCOMPARE(found, roots);
}

void HuggingFaceCacheTest::namesAreParsed_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("revision");
    QTest::newRow("with organisation") << "junnyu/chinese_GAU-alpha-char_L-24_H-768"
                                       << "junnyu/chinese_GAU-alpha-char_L-24_H-768"
                                       << "";
    QTest::newRow("alone") << "bert-base"
                           << "bert-base"
                           << "";
    QTest::newRow("with branch") << "a/b@refs/pr/1"
                                 << "a/b"
                                 << "refs/pr/1";
    QTest::newRow("three parts") << "a/b/c"
                                 << ""
                                 << "";
    QTest::newRow("empty part") << "a/"
                                << ""
                                << "";
    QTest::newRow("leading dot") << "./a"
                                 << ""
                                 << "";
    QTest::newRow("climbing") << "a/..b"
                              << ""
                              << "";
    QTest::newRow("space") << "a b"
                           << ""
                           << "";
    QTest::newRow("no revision") << "a/b@"
                                 << ""
                                 << "";
}

void HuggingFaceCacheTest::namesAreParsed() {
    QFETCH(QString, text);
    QFETCH(QString, name);
    QFETCH(QString, revision);
    const auto parsed = parseCacheName(text.toStdString());
    QCOMPARE(parsed.has_value(), !name.isEmpty());
    if (!parsed) return;
    QCOMPARE(parsed->name, name.toStdString());
    QCOMPARE(parsed->revision, revision.toStdString());
}

void HuggingFaceCacheTest::revisionsAreFound_data() {
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("commit");
    const QString older = QString::fromStdString(oldCommit);
    const QString newer = QString::fromStdString(newCommit);
    QTest::newRow("main") << "org/model" << newer;
    QTest::newRow("main by name") << "org/model@main" << newer;
    QTest::newRow("tag") << "org/model@v1" << older;
    QTest::newRow("branch with slash") << "org/model@pr/1" << older;
    QTest::newRow("whole commit") << "org/model@" + older << older;
    QTest::newRow("begin of commit") << "org/model@aaaa" << older;
    QTest::newRow("of a session") << "hf:org/model@" + newer << newer;
    QTest::newRow("unknown") << "org/model@v2"
                             << "";
    QTest::newRow("short begin") << "org/model@aaa"
                                 << "";
}

void HuggingFaceCacheTest::revisionsAreFound() {
    QFETCH(QString, source);
    QFETCH(QString, commit);
    const CacheFolder cache;
    const std::string name = "models--org--model";
    cache.addSnapshot(name, oldCommit);
    cache.addSnapshot(name, newCommit);
    cache.addRef(name, "main", newCommit + "\n");
    cache.addRef(name, "v1", oldCommit);
    cache.addRef(name, "pr/1", oldCommit);
    const auto location = locateCheckpoint(source.toStdString(), {{cache.root()}, {}});
    QCOMPARE(location.has_value(), !commit.isEmpty());
    if (location)
        QCOMPARE(location->folder, cache.model(name) / "snapshots" / commit.toStdString());
    else
        QVERIFY(location.error().message.find("main, pr/1") != std::string::npos ||
                location.error().message.find("pr/1, main") != std::string::npos);
}

void HuggingFaceCacheTest::namesMayHoldDashes() {
    const CacheFolder cache;
    cache.addSnapshot("models--org--my--model", oldCommit);
    cache.addSnapshot("models--alone", oldCommit);
    QVERIFY(locateCheckpoint("org/my--model", {{cache.root()}, {}}));
    QVERIFY(locateCheckpoint("alone", {{cache.root()}, {}}));
    const auto roots = std::vector<fs::path>{cache.root()};
    const auto all = cachedSnapshots(roots);
    QCOMPARE(all.size(), std::size_t(2));
    QCOMPARE(all.at(0).name, std::string("alone"));
    QCOMPARE(all.at(1).name, std::string("org/my--model"));
}

void HuggingFaceCacheTest::mainComesFirst() {
    const CacheFolder cache;
    const std::string name = "models--org--model";
    cache.addSnapshot(name, oldCommit);
    cache.addSnapshot(name, newCommit);
    cache.addRef(name, "main", oldCommit);
    cache.addRef(name, "a-tag", oldCommit);
    fs::create_directories(cache.model(name) / ".no_exist" / newCommit);
    fs::create_directories(cache.root() / "datasets--org--text" / "snapshots" / oldCommit);
    writeFile(cache.root() / "version.txt", "1");
    const auto roots = std::vector<fs::path>{cache.root(), "/no/such/root"};
    const auto all = cachedSnapshots(roots);
    QCOMPARE(all.size(), std::size_t(2));
    QCOMPARE(all.at(0).commit, oldCommit);
    QCOMPARE(all.at(0).refs, (std::vector<std::string>{"main", "a-tag"}));
    QCOMPARE(all.at(1).commit, newCommit);
    QVERIFY(all.at(1).refs.empty());
}

void HuggingFaceCacheTest::badRefsAreIgnored() {
    const CacheFolder cache;
    const std::string name = "models--org--model";
    cache.addSnapshot(name, oldCommit);
    cache.addRef(name, "main", "../../../../etc");
    cache.addRef(name, "huge", std::string(1000, 'a'));
    const auto snapshots = snapshotsOf(cache.model(name));
    QCOMPARE(snapshots.size(), std::size_t(1));
    QVERIFY(snapshots.front().refs.empty());
    const auto location = locateCheckpoint("org/model", {{cache.root()}, {}});
    QVERIFY(location); // the only snapshot, since no ref names one
    QCOMPARE(location->folder.filename().string(), oldCommit);
}

void HuggingFaceCacheTest::misspeltNamesAreNear() {
    const CacheFolder cache;
    cache.addSnapshot("models--org--model", oldCommit);
    const auto location = locateCheckpoint("org/modle", {{cache.root()}, {}});
    QVERIFY(!location);
    QCOMPARE(location.error().code, ErrorCode::NotFound);
    const std::string& message = location.error().message;
    QVERIFY2(message.find("Did you mean \"org/model\"?") != std::string::npos, message.c_str());
    QVERIFY2(message.find(cache.root().string()) != std::string::npos, message.c_str());
}

void HuggingFaceCacheTest::brokenDownloadsAreNamed() {
    const CacheFolder cache;
    writeFile(cache.model("models--org--begun") / "blobs" / "abc.incomplete", "x");
    cache.addRef("models--org--begun", "main", oldCommit);
    const auto begun = locateCheckpoint("org/begun", {{cache.root()}, {}});
    QVERIFY(!begun);
    QCOMPARE(begun.error().code, ErrorCode::Truncated);
    QVERIFY(snapshotsOf(cache.model("models--org--begun")).front().unfinished);

    const std::string name = "models--org--half";
    cache.addFile(name, oldCommit, "config.json", smallConfig().dump());
    fs::create_symlink("../../blobs/missing",
                       cache.model(name) / "snapshots" / oldCommit / "model.safetensors");
    const auto half = locateCheckpoint("org/half", {{cache.root()}, {}});
    QVERIFY(!half);
    QCOMPARE(half.error().code, ErrorCode::Truncated);
    QVERIFY(half.error().message.find("did not finish") != std::string::npos);
}

void HuggingFaceCacheTest::modelFoldersResolve() {
    const CacheFolder cache;
    cache.addSnapshot("models--org--model", oldCommit);
    const auto location = locateCheckpoint(cache.model("models--org--model"), {});
    QVERIFY(location);
    QCOMPARE(location->folder.filename().string(), oldCommit);
}

void HuggingFaceCacheTest::secondRootHelps() {
    const CacheFolder broken, whole;
    writeFile(broken.model("models--org--model") / "blobs" / "abc.incomplete", "x");
    whole.addSnapshot("models--org--model", oldCommit);
    QVERIFY(locateCheckpoint("org/model", {{broken.root(), whole.root()}, {}}));
}

QTEST_APPLESS_MAIN(HuggingFaceCacheTest)
#include "tst_huggingface_cache.moc"
