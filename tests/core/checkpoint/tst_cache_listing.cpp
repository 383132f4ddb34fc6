// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache_folder.h"

#include "core/checkpoint/cache_listing.h"
#include "core/scheme/catalogue.h"

#include <QtTest>

using namespace isentrope;
using namespace isentrope::test;
namespace fs = std::filesystem;

class CacheListingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsWhatIsUsable();
    void writesNothing();
    void listsAsJson();

private:
    static std::map<std::string, CachedModel> listed(const CacheFolder& cache) {
        const std::vector<fs::path> roots = {cache.root()};
        std::map<std::string, CachedModel> models;
        for (CachedModel& model : listCachedModels(roots, Catalogue::builtIn()))
            models[model.snapshot.name] = std::move(model);
        return models;
    }
};

void CacheListingTest::tellsWhatIsUsable() {
    const CacheFolder cache;
    cache.addSnapshot("models--org--whole", oldCommit);
    cache.addRef("models--org--whole", "main", oldCommit);
    cache.addFile("models--org--config-only", oldCommit, "config.json", smallConfig().dump());
    cache.addFile("models--org--bert", oldCommit, "config.json", R"({"model_type": "bert"})");
    cache.addSnapshot("models--org--half", oldCommit);
    const fs::path half = cache.model("models--org--half");
    fs::remove(fs::canonical(half / "snapshots" / oldCommit / "model.safetensors"));
    writeFile(half / "blobs" / "abc.incomplete", "x");
    cache.addSnapshot("models--org--ids", oldCommit);
    fs::remove(cache.model("models--org--ids") / "snapshots" / oldCommit / "vocab.txt");
    writeFile(cache.model("models--org--begun") / "refs" / "main", oldCommit);

    auto models = listed(cache);
    QCOMPARE(models.size(), std::size_t(6));
    QVERIFY2(models["org/whole"].usable(), models["org/whole"].reason.c_str());
    QCOMPARE(models["org/whole"].trainLength.value_or(0), 64);
    QVERIFY(models["org/whole"].bytes > 1000);
    const auto reason = [&](const std::string& name, const char* part) {
        return models[name].reason.find(part) != std::string::npos;
    };
    QVERIFY(reason("org/config-only", "has no weights"));
    QVERIFY(reason("org/bert", "\"bert\""));
    QVERIFY(reason("org/half", "half-downloaded"));
    QVERIFY(reason("org/ids", "vocab.txt"));
    QVERIFY(reason("org/begun", "half-downloaded"));
}

void CacheListingTest::writesNothing() {
    const CacheFolder cache;
    cache.addSnapshot("models--org--whole", oldCommit);
    const auto content = [&] {
        std::map<std::string, fs::file_time_type> times;
        for (const auto& entry : fs::recursive_directory_iterator(cache.root()))
            times[entry.path().string()] = fs::last_write_time(entry.path());
        return times;
    };
    const auto before = content();
    QCOMPARE(listed(cache).size(), std::size_t(1));
    QVERIFY(content() == before);
}

void CacheListingTest::listsAsJson() {
    const CacheFolder cache;
    cache.addSnapshot("models--org--whole", oldCommit);
    cache.addRef("models--org--whole", "main", oldCommit);
    cache.addFile("models--org--worse", newCommit, "config.json", "{}");
    const std::vector<fs::path> roots = {cache.root()};
    const OrderedJson list = cacheListing(listCachedModels(roots, Catalogue::builtIn()));
    QCOMPARE(list.size(), std::size_t(2));
    QCOMPARE(list[0]["name"], "org/whole");
    QCOMPARE(list[0]["revision"], oldCommit);
    QCOMPARE(list[0]["refs"].dump(), std::string(R"(["main"])"));
    QCOMPARE(list[0]["train_length"], 64);
    QCOMPARE(list[0]["usable"], true);
    QCOMPARE(list[0]["reason"], "");
    QCOMPARE(list[1]["train_length"], nullptr);
    QCOMPARE(list[1]["usable"], false);
}

QTEST_APPLESS_MAIN(CacheListingTest)
#include "tst_cache_listing.moc"
