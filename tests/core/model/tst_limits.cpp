// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/model/random_model.h"

#include <QtTest>

#include <chrono>
#include <cmath>
#include <fstream>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

using namespace isentrope;
using namespace isentrope::test;

namespace {

/// Bytes of address space this process has now.
std::uint64_t addressSpace() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t pages = 0;
    file >> pages;
    return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

/// While it lives, so many more bytes can be allocated and no more.
class AllocationLimit {
public:
    explicit AllocationLimit(std::uint64_t more) {
        getrlimit(RLIMIT_AS, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = addressSpace() + more;
        setrlimit(RLIMIT_AS, &limit);
    }
    ~AllocationLimit() { setrlimit(RLIMIT_AS, &m_before); }

private:
    rlimit m_before{};
};

} // namespace

/// Where a run ends early, or has nothing to do: a clear answer each time.
class TestLimits : public QObject {
    Q_OBJECT

    static void refuse(const Expected<ForwardResult>& result, ErrorCode code,
                       const std::vector<std::string>& words) {
        QVERIFY(!result.has_value());
        QVERIFY2(result.error().code == code, result.error().message.c_str());
        for (const std::string& word : words)
            QVERIFY2(result.error().message.find(word) != std::string::npos,
                     result.error().message.c_str());
    }

private slots:
    void wrongInputsAreRefused() {
        const RandomModel random;
        Model& model = random.model();
        const Plan plan = random.plan("rope+softmax", 4);
        refuse(model.forward({}, {}, plan, {}), ErrorCode::OutOfRange, {"no tokens"});
        refuse(model.forward({1, 2, 40, 3}, {}, plan, {}), ErrorCode::OutOfRange,
               {"token 2", "id 40", "0 to 39"});
        refuse(model.forward({1, -1, 4, 3}, {}, plan, {}), ErrorCode::OutOfRange, {"id -1"});
        refuse(model.forward({1, 2, 3}, {}, plan, {}), ErrorCode::Mismatch, {"for 4", "has 3"});
        refuse(model.forward({1, 2, 3, 4}, {1, 1}, plan, {}), ErrorCode::Mismatch, {"2 marks"});
        refuse(model.forward({1, 2, 3, 4}, {0, 0, 0, 0}, plan, {}), ErrorCode::OutOfRange,
               {"every token is padding"});
        RunOptions options;
        options.layers = {2};
        refuse(model.forward({1, 2, 3, 4}, {}, plan, options), ErrorCode::OutOfRange, {"layer 2"});
        options = {};
        options.logitRows = {4};
        refuse(model.forward({1, 2, 3, 4}, {}, plan, options), ErrorCode::OutOfRange, {"token 4"});
        RandomSizes other;
        other.keySize = 4;
        refuse(model.forward({1, 2, 3, 4}, {}, RandomModel(other).plan("rope+softmax", 4), {}),
               ErrorCode::Mismatch, {"key size 4", "has 8"});
    }

    void aStopBeforeTheStartIsSeen() {
        const RandomModel random;
        std::stop_source source;
        source.request_stop();
        RunOptions options;
        options.stop = source.get_token();
        refuse(random.model().forward(random.ids(8), {}, random.plan("rope+softmax", 8), options),
               ErrorCode::Cancelled, {"stopped"});
    }

    void aStopOnTheWayEndsTheRun() {
        const RandomModel random;
        std::stop_source source;
        RunOptions options;
        options.blockRows = 16;
        options.stop = source.get_token();
        int calls = 0;
        options.progress = [&](const Progress&) {
            if (++calls == 4) source.request_stop();
        };
        const auto result =
            random.model().forward(random.ids(400), {}, random.plan("rope+softmax", 400), options);
        refuse(result, ErrorCode::Cancelled, {});
        QCOMPARE(calls, 4);
    }

    void aStopIsSeenInTime() {
        RandomSizes sizes;
        sizes.hidden = 256;
        sizes.intermediate = 512;
        sizes.keySize = 64;
        const RandomModel random(sizes);
        std::stop_source source;
        RunOptions options;
        options.stop = source.get_token();
        std::chrono::steady_clock::time_point asked;
        options.progress = [&](const Progress& progress) {
            if (progress.share < 0.2 || source.stop_requested()) return;
            asked = std::chrono::steady_clock::now();
            source.request_stop();
        };
        const std::int64_t n = 6000;
        const auto result =
            random.model().forward(random.ids(n), {}, random.plan("rope+softmax", n), options);
        const auto took = std::chrono::steady_clock::now() - asked;
        refuse(result, ErrorCode::Cancelled, {});
        // 100 ms on an idle machine; a busy one is given more.
        QVERIFY(took < std::chrono::seconds(1));
    }

    void progressOnlyRises() {
        const RandomModel random;
        RunOptions options;
        options.blockRows = 8;
        double last = -1;
        std::string stage;
        options.progress = [&](const Progress& progress) {
            QVERIFY(progress.share >= last);
            last = progress.share;
            stage = progress.stage;
        };
        need(random.model().forward(random.ids(50), {}, random.plan("rope+softmax", 50), options));
        QCOMPARE(last, 1.0);
        QCOMPARE(stage, std::string("output"));
    }

    void weightsThatAreNoNumbersAreSaid() {
        RandomSizes sizes;
        sizes.gamma = std::nanf("");
        const RandomModel random(sizes);
        const ForwardResult result =
            need(random.model().forward(random.ids(20), {}, random.plan("rope+softmax", 20), {}));
        QVERIFY(!result.notes.empty());
        QVERIFY2(result.notes.front().find("layer 0: 20 rows") != std::string::npos,
                 result.notes.front().c_str());
    }

    void fastSaysWhatItRanAs() {
        const RandomModel random;
        RunOptions options;
        options.precision = Precision::Fast;
        const ForwardResult result = need(
            random.model().forward(random.ids(20), {}, random.plan("rope+softmax", 20), options));
        if (cpuEngine().devices().front().fastIsFaster) {
            QCOMPARE(result.precision, Precision::Fast);
            QVERIFY(result.notes.empty());
        } else {
            QCOMPARE(result.precision, Precision::Exact);
            QVERIFY(result.notes.front().find("ran as exact") != std::string::npos);
        }
    }

    void moreThanFreeMemoryIsRefusedBeforeTheStart() {
        const RandomModel random;
        const std::int64_t n = 2'000'000'00;
        Plan plan = random.plan("rope+softmax", 4);
        plan.length = n;
        refuse(random.model().forward(std::vector<std::int32_t>(n, 1), {}, plan, {}),
               ErrorCode::OutOfMemory, {"not started", "200,000,000 tokens", "free"});
    }

    void blocksAreHalvedWhenMemoryRunsOut() {
        const RandomModel random;
        const std::int64_t n = 6000;
        RunOptions options;
        options.layers = {0};
        options.statistics.overview = false;
        options.blockRows = 16;
        const Plan plan = random.plan("rope+softmax", n);
        const auto ids = random.ids(n);
        need(random.model().forward(ids, {}, plan, options)); // all threads and caches are there
        options.blockRows = 4096;                             // a block of 98 MB
        {
            const AllocationLimit limit(16 << 20);
            const ForwardResult result = need(random.model().forward(ids, {}, plan, options));
            QVERIFY(!result.notes.empty());
            QVERIFY2(result.notes.front().find("blocks were halved") != std::string::npos,
                     result.notes.front().c_str());
        }
    }

    void memoryThatEndsIsSaidWithNumbers() {
        RandomSizes sizes;
        sizes.layers = 1;
        const RandomModel random(sizes);
        const std::int64_t n = 400'000; // keys, values and tables alone take 150 MB
        const Plan plan = random.plan("rope+softmax", n);
        const auto ids = random.ids(n);
        RunOptions options;
        options.statistics.profiles = options.statistics.overview = false;
        const AllocationLimit limit(24 << 20);
        refuse(random.model().forward(ids, {}, plan, options), ErrorCode::OutOfMemory,
               {"400,000 tokens", "need", "free"});
    }

    void estimatesGrowWithTheLength() {
        const RandomModel random;
        const Estimate small = random.model().estimate(64, 1, {});
        const Estimate large = random.model().estimate(4096, 1, {});
        QVERIFY(small.fits);
        QVERIFY(small.seconds > 0 && large.seconds > 100 * small.seconds);
        QVERIFY(large.bytes > small.bytes);
        QVERIFY(large.traceBytes >= 4096 * 8 * 4 * 2);
        QVERIFY(large.freeBytes > 0);
        RunOptions all;
        all.allLogits = true;
        QVERIFY(random.model().estimate(4096, 1, all).bytes >
                large.bytes + 4096ULL * 39 * sizeof(float));
        QVERIFY(!random.model().estimate(2'000'000'000, 1, {}).fits);
    }

    void tracesAreAsLargeAsEstimated() {
        const RandomModel random;
        const ForwardResult result =
            need(random.model().forward(random.ids(100), {}, random.plan("rope+softmax", 100), {}));
        QCOMPARE(result.traceBytes, random.model().estimate(100, 1, {}).traceBytes -
                                        2 * 100 * sizeof(float)); // no scale per row
    }
};

QTEST_GUILESS_MAIN(TestLimits)
#include "tst_limits.moc"
