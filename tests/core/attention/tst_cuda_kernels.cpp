// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/cuda/layer_memory.h"
#include "tests/core/attention/attention_cases.h"

#include <QtTest>
#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cmath>
#include <limits>

using namespace isentrope;

namespace {

constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

cuda::DevicePlan onDevice(const RowPlan<float>& plan, const std::vector<std::uint8_t>& openKey) {
    const auto table = [](const std::vector<float>& values) {
        return values.empty() ? nullptr : values.data();
    };
    cuda::DevicePlan there;
    there.length = plan.length;
    there.factor = plan.factor;
    there.rowFactor = table(plan.rowFactor);
    there.distanceFactor = table(plan.distanceFactor);
    there.distanceBias = table(plan.distanceBias);
    there.window = plan.window;
    there.sinks = plan.sinks;
    there.openKey = openKey.empty() ? nullptr : openKey.data();
    there.adaptive = table(plan.adaptive);
    there.adaptiveTerms = static_cast<int>(plan.adaptive.size());
    there.adaptiveThreshold = plan.adaptiveThreshold;
    return there;
}

/// Rows [first, first + count) of a map through the GPU's kernels, in place; blocks in any order.
class KernelPass {
public:
    KernelPass(const RowPlan<float>& plan, std::vector<std::uint8_t> openKey,
               const StatisticsOptions& options)
        : m_rowPlan(plan)
        , m_openKey(std::move(openKey))
        , m_memory(plan, options)
        , m_bytes(static_cast<std::size_t>(m_memory.bytes()) / sizeof(double), 0.0) {
        std::fill(bytes() + m_memory.sumBytes(), bytes() + m_memory.bytes(), std::uint8_t{255});
        for (const Span& span : options.spans)
            m_bounds.insert(m_bounds.end(), {span.begin, span.end});
    }

    void run(float* values, std::int64_t first, std::int64_t count, void* bfloat = nullptr) {
        const cuda::DevicePlan plan = onDevice(m_rowPlan, m_openKey);
        const std::int64_t n = plan.length;
        cuda::DeviceBlock block{values, n, first, count, n, values, bfloat};
        cuda::DeviceStatistics statistics = m_memory.statistics(bytes());
        statistics.bounds = m_bounds.data();
        QCOMPARE(cuda::launchRowPass(plan, statistics, block, nullptr), 0);
        cuda::DevicePooling pooling = m_memory.pooling(bytes());
        pooling.openRow = plan.openKey;
        QCOMPARE(cuda::launchPooling(pooling, block, nullptr), 0);
    }
    [[nodiscard]] LayerRead result() { return m_memory.result(bytes(), m_openKey); }

private:
    std::uint8_t* bytes() { return reinterpret_cast<std::uint8_t*>(m_bytes.data()); }

    RowPlan<float> m_rowPlan;
    std::vector<std::uint8_t> m_openKey;
    LayerMemory m_memory;
    std::vector<double> m_bytes;
    std::vector<std::int64_t> m_bounds;
};

std::vector<float> narrowed(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

PassResult<float> runKernels(const reference::Matrix& similarity, const Plan& plan,
                             const std::vector<std::uint8_t>& openKey,
                             const StatisticsOptions& options, std::int64_t blockRows) {
    const std::int64_t n = similarity.rows;
    std::vector<float> weights = narrowed(similarity.values);
    KernelPass pass(RowPlan<float>::from(plan), openKey, options);
    for (std::int64_t row = (n - 1) / blockRows * blockRows; row >= 0; row -= blockRows)
        pass.run(weights.data() + row * n, row, std::min(blockRows, n - row));
    LayerRead read = pass.result();
    return {weights, read.statistics, read.logSumExp, read.rowScale, read.profiles, read.overview};
}

/// Two roundings more than the CPU's: to base 2 and back.
constexpr Tolerance tolerance{3e-6, 1e-5, 3e-5};

void verifySame(const PassResult<float>& result, const reference::Attention& expected) {
    const std::string text = difference(result, expected, tolerance);
    QVERIFY2(text.empty(), text.c_str());
}

} // namespace

/// The kernels for GPUs, run by the host: their arithmetic, masks, sums and barriers.
class CudaKernelsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        cudahost::sharedBytes = 227 * 1024;
        cudahost::backwards = false;
    }

    void agreesWithTheFormulas_data() {
        QTest::addColumn<std::int64_t>("n");
        QTest::addColumn<QString>("shape");
        QTest::addColumn<QString>("open");
        for (const std::string& shape : planShapes())
            QTest::addRow("37 %s holes", shape.c_str())
                << std::int64_t{37} << QString::fromStdString(shape) << QString("holes");
        for (const char* open : {"all", "end", "middle"})
            QTest::addRow("37 all together %s", open)
                << std::int64_t{37} << QString("all together") << QString(open);
        for (const std::int64_t n : {1, 2, 3, 64, 130})
            for (const char* shape : {"scalar", "all together"})
                QTest::addRow("%d %s", static_cast<int>(n), shape)
                    << n << QString(shape) << QString("holes");
    }

    void agreesWithTheFormulas() {
        QFETCH(std::int64_t, n);
        QFETCH(QString, shape);
        QFETCH(QString, open);
        const Plan plan = planOf(shape.toStdString(), n);
        const auto keys = openKeys(open.toStdString(), n);
        const auto similarity = randomSimilarities(n, static_cast<std::uint64_t>(n));
        const auto expected = reference::attend(similarity, plan, keys, optionsFor(n));
        verifySame(runKernels(similarity, plan, keys, optionsFor(n), 23), expected);
        cudahost::backwards = true;
        verifySame(runKernels(similarity, plan, keys, optionsFor(n), n), expected);
    }

    void longRowsAgreeWithTheCpu_data() {
        QTest::addColumn<std::int64_t>("n");
        QTest::addColumn<int>("sharedBytes");
        QTest::addColumn<QString>("shape");
        QTest::addColumn<bool>("backwards");
        for (const char* shape : {"scalar", "all together", "far"}) {
            for (const bool backwards : {false, true}) {
                const char* order = backwards ? "backwards" : "";
                QTest::addRow("a block a row, %s %s", shape, order)
                    << std::int64_t{1030} << 227 * 1024 << QString(shape) << backwards;
                QTest::addRow("a large block a row, %s %s", shape, order)
                    << std::int64_t{8203} << 227 * 1024 << QString(shape) << backwards;
                QTest::addRow("without shared memory, %s %s", shape, order)
                    << std::int64_t{8204} << 20 * 1024 << QString(shape) << backwards;
            }
        }
    }

    /// Three rows of a map that is too long to make it whole.
    void longRowsAgreeWithTheCpu() {
        QFETCH(std::int64_t, n);
        QFETCH(int, sharedBytes);
        QFETCH(QString, shape);
        QFETCH(bool, backwards);
        cudahost::sharedBytes = sharedBytes;
        cudahost::backwards = backwards;
        const auto plan = RowPlan<float>::from(planOf(shape.toStdString(), n));
        const auto keys = openKeys("end", n);
        const auto small = randomSimilarities(71, 5);
        std::vector<float> values;
        for (std::int64_t at = 0; at < 3 * n; ++at)
            values.push_back(static_cast<float>(small.values[static_cast<std::size_t>(at % 5041)]));
        const std::int64_t first = 501;
        std::vector<float> expected = values;
        RowPass<float> cpu(plan, keys, optionsFor(n));
        cpu.run({expected.data(), n, first, 3, n});
        KernelPass pass(plan, keys, optionsFor(n));
        pass.run(values.data(), first, 3);
        const LayerRead read = pass.result();
        for (std::size_t at = 0; at < values.size(); ++at)
            QVERIFY(std::abs(values[at] - expected[at]) < 1e-6F);
        for (std::size_t row = 501; row < 504; ++row) {
            const RowStatistics<float>& mine = read.statistics;
            const RowStatistics<float>& theirs = cpu.statistics();
            QVERIFY(std::abs(mine.entropy[row] - theirs.entropy[row]) < 3e-5F);
            QVERIFY(std::abs(mine.logSumExp[row] - theirs.logSumExp[row]) < 1e-5F);
            QVERIFY(std::abs(mine.meanDistance[row] - theirs.meanDistance[row]) <
                    1e-5F * theirs.meanDistance[row] + 1e-5F);
            QCOMPARE(mine.maxColumn[row], theirs.maxColumn[row]);
            for (std::size_t range = 0; range < 4; ++range) {
                const std::size_t at = row * static_cast<std::size_t>(mine.ranges) + range;
                QVERIFY(std::abs(mine.rangeMass[at] - theirs.rangeMass[at]) < 1e-5F);
                QVERIFY(std::abs(mine.rangeEntropy[at] - theirs.rangeEntropy[at]) < 3e-5F);
            }
        }
        const LayerProfiles profiles = cpu.profiles();
        for (std::size_t key = 0; key < profiles.received.size(); ++key)
            QVERIFY(std::abs(read.profiles.received[key] - profiles.received[key]) < 1e-6);
        for (std::size_t at = 0; at < profiles.distance.size(); ++at)
            QVERIFY(std::abs(read.profiles.distance[at] - profiles.distance[at]) < 1e-6);
    }

    void closedRowsAreZeroAndNaN() {
        const std::int64_t n = 9;
        const Plan plan = planOf("scalar", n);
        const auto keys = openKeys("none", n);
        const auto similarity = randomSimilarities(n, 3);
        verifySame(runKernels(similarity, plan, keys, optionsFor(n), n),
                   reference::attend(similarity, plan, keys, optionsFor(n)));
    }

    void brokenLogitsShow_data() {
        QTest::addColumn<float>("value");
        QTest::addColumn<int>("count");
        QTest::newRow("one NaN") << notANumber << 1;
        QTest::newRow("one infinity") << infinity << 1;
        QTest::newRow("all NaN") << notANumber << 40;
    }

    /// Such a row is in no statistic and no mean, and its neighbours are as they were.
    void brokenLogitsShow() {
        QFETCH(float, value);
        QFETCH(int, count);
        const std::int64_t n = 40;
        std::vector<float> values = narrowed(randomSimilarities(n, 4).values);
        std::fill_n(values.begin() + 7 * n, count, value);
        KernelPass pass(RowPlan<float>::from(planOf("scalar", n)), {}, optionsFor(n));
        pass.run(values.data(), 0, n);
        const LayerRead read = pass.result();
        QVERIFY(std::isnan(values[7 * 40 + 39]));
        QVERIFY(std::isnan(read.statistics.entropy[7]));
        QVERIFY(!std::isfinite(read.logSumExp[7]));
        QCOMPARE(read.statistics.maxColumn[7], std::int64_t{-1});
        QVERIFY(std::isfinite(read.statistics.entropy[6]));
        for (const double weight : read.profiles.received)
            QVERIFY(std::isfinite(weight));
        for (const float bin : read.overview.mean)
            QVERIFY(std::isfinite(bin));
    }

    void weightsComeAsBfloatToo() {
        for (const std::int64_t n : {36, 37}) {
            std::vector<float> values = narrowed(randomSimilarities(n, 6).values);
            std::vector<__nv_bfloat16> bfloat(values.size() + 4);
            KernelPass pass(RowPlan<float>::from(planOf("bias", n)), {}, optionsFor(n));
            pass.run(values.data(), 0, n, bfloat.data());
            for (std::size_t at = 0; at < values.size(); ++at)
                QCOMPARE(bfloat[at].bits, __float2bfloat16(values[at]).bits);
        }
    }

    void tilesAreTheMapsOwnCells_data() {
        QTest::addColumn<QString>("shape");
        for (const std::string& shape : planShapes())
            QTest::newRow(shape.c_str()) << QString::fromStdString(shape);
    }

    void tilesAreTheMapsOwnCells() {
        QFETCH(QString, shape);
        const std::int64_t n = 37, row = 5, column = 3, rows = 20, columns = 31;
        const auto plan = RowPlan<float>::from(planOf(shape.toStdString(), n));
        const auto keys = openKeys("holes", n);
        const std::vector<float> similarity = narrowed(randomSimilarities(n, 9).values);
        std::vector<float> whole = similarity;
        KernelPass pass(plan, keys, optionsFor(n));
        pass.run(whole.data(), 0, n);
        const LayerRead read = pass.result();
        std::vector<float> cells = similarity;
        cuda::DeviceTile tile{cells.data() + row * n + column,
                              n,
                              row,
                              rows,
                              column,
                              columns,
                              read.logSumExp.data() + row,
                              read.rowScale.empty() ? nullptr : read.rowScale.data() + row};
        QCOMPARE(cuda::launchTile(onDevice(plan, keys), tile, nullptr), 0);
        for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t j = 0; j < n; ++j) {
                const auto at = static_cast<std::size_t>(i * n + j);
                const bool inside =
                    i >= row && i < row + rows && j >= column && j < column + columns;
                if (inside)
                    QVERIFY(std::abs(cells[at] - whole[at]) < 3e-6F);
                else
                    QCOMPARE(cells[at], similarity[at]);
            }
    }

    void splitProductsKeepSixteenBits() {
        const std::int64_t rows = 6;
        const int keySize = 50;
        const std::vector<float> values = narrowed(randomSimilarities(18, 2).values);
        const auto count = static_cast<std::size_t>(rows * 3 * keySize);
        std::vector<__nv_bfloat16> q(count), k(count);
        QCOMPARE(cuda::launchSplit(values.data(), rows, keySize, true, q.data(), nullptr), 0);
        QCOMPARE(cuda::launchSplit(values.data(), rows, keySize, false, k.data(), nullptr), 0);
        for (std::size_t row = 0; row < 6; ++row) {
            double exact = 0, split = 0, size = 0;
            for (std::size_t at = 0; at < 50; ++at) {
                const double value = static_cast<double>(values[row * 50 + at]);
                exact += value * value;
                size += std::abs(value * value);
            }
            for (std::size_t at = row * 150; at < (row + 1) * 150; ++at)
                split += static_cast<double>(__bfloat162float(q[at])) *
                         static_cast<double>(__bfloat162float(k[at]));
            QVERIFY(std::abs(split - exact) < size / 32768);
        }
    }
};

QTEST_GUILESS_MAIN(CudaKernelsTest)
#include "tst_cuda_kernels.moc"
