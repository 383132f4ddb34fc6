// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine.h"

#include <QCoreApplication>
#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

using namespace isentrope;
namespace fs = std::filesystem;

class TestEngineLoading : public QObject {
    Q_OBJECT

    static fs::path testFolder(const char* name) {
        return fs::path(QCoreApplication::applicationDirPath().toStdString()) / name;
    }
    static void refuse(const Expected<Engine*>& engine, const std::vector<std::string>& words) {
        QVERIFY(!engine.has_value());
        QCOMPARE(engine.error().code, ErrorCode::NoDevice);
        for (const std::string& word : words)
            QVERIFY2(engine.error().message.find(word) != std::string::npos,
                     engine.error().message.c_str());
    }

private slots:
    void anotherInterfaceIsRefused() {
        refuse(loadEngine("cpu", {testFolder("wrong_abi")}),
               {"wrong_abi", "interface 2", "speaks 1", "build both"});
    }

    void aLibraryWithoutEntryIsRefused() {
        refuse(loadEngine("cpu", {testFolder("no_entry")}),
               {"no_entry", "isentropeEnginePlugin", "build again"});
    }

    void aFileThatIsNoLibraryIsRefused() {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        std::ofstream(path / "isentrope_engine_cpu.so") << "text";
        refuse(loadEngine("cpu", {path}), {path.string(), "cannot be loaded"});
    }

    void whatIsMissingIsSaid() {
        if (fs::exists(testFolder("../lib/isentrope_engine_cuda.so")))
            QSKIP("there is an engine for CUDA here");
        refuse(loadEngine("cuda:1", {"/nowhere"}),
               {"isentrope_engine_cuda.so", "/nowhere", "--device cpu"});
    }

    void unknownDevicesAreRefused() { refuse(loadEngine("gpu"), {"'gpu'", "auto, cpu, cuda"}); }

    void theCpuEngineIsFoundAndStays() {
        const Expected<Engine*> engine = loadEngine("cpu");
        QVERIFY2(engine.has_value(), engine ? "" : engine.error().message.c_str());
        QVERIFY((*engine)->description().starts_with("LibTorch "));
        QCOMPARE(*loadEngine("cpu"), *engine);
        const std::vector<DeviceInfo> devices = (*engine)->devices();
        QCOMPARE(devices.size(), std::size_t{1});
        QCOMPARE(devices.front().id, std::string("cpu"));
        QVERIFY(devices.front().usable);
        QVERIFY(devices.front().freeBytes > 0);
        QVERIFY(devices.front().freeBytes <= devices.front().totalBytes);
    }
};

QTEST_GUILESS_MAIN(TestEngineLoading)
#include "tst_engine_loading.moc"
