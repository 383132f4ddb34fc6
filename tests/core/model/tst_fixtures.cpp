// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/checkpoint/tensor_directory.h"
#include "core/scheme/catalogue.h"
#include "tests/core/model/random_model.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace isentrope;
using namespace isentrope::test;
namespace fs = std::filesystem;

/// The forward pass against stored outputs of the reference implementation.
class TestFixtures : public QObject {
    Q_OBJECT

    std::unique_ptr<Checkpoint> m_checkpoint;
    std::map<Precision, std::unique_ptr<Model>> m_models;

    static void addCases(const fs::path& folder, Precision precision) {
        const Json cases = Json::parse(need(readWholeFile(folder / "cases.json", 1 << 20)));
        for (const Json& one : cases) {
            const fs::path file = folder / "cases" / one["file"].get<std::string>();
            if (!fs::exists(file)) continue;
            const std::string name = std::string(precisionName(precision)) + " " +
                                     file.stem().string() + " n=" + one["length"].dump() +
                                     " padding=" + one["padding"].dump() + " " +
                                     one["scheme"].get<std::string>();
            const auto entropies = one["mean_entropy"].get<std::vector<double>>();
            QTest::newRow(name.c_str()) << QString::fromStdString(file.string())
                                        << QString::fromStdString(one["scheme"].get<std::string>())
                                        << one["padding"].get<int>() << static_cast<int>(precision)
                                        << QList<double>(entropies.begin(), entropies.end());
        }
    }

    static std::vector<float> floats(const TensorDirectory& file, const std::string& name) {
        return need(readFloats(file, *file.find(name)));
    }

    /// Largest |a - b| over the first `rows` of rows x width.
    static double furthest(const std::vector<float>& a, const std::vector<float>& b,
                           std::size_t count) {
        double largest = 0;
        for (std::size_t i = 0; i < count; ++i)
            largest =
                std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
        return largest;
    }

private slots:
    void initTestCase() {
        m_checkpoint = std::make_unique<Checkpoint>(
            need(Checkpoint::open(TEST_DATA_DIR "/fixture", Catalogue::builtIn())));
        for (const Precision precision : {Precision::Exact, Precision::Double})
            m_models[precision] = need(cpuEngine().load(*m_checkpoint, "cpu", precision, 2));
    }

    void equalsTheReference_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<int>("padding");
        QTest::addColumn<int>("precision");
        QTest::addColumn<QList<double>>("entropies");
        const bool shared = fs::exists(SHARED_FIXTURES_DIR "/cases.json");
        for (const Precision precision : {Precision::Exact, Precision::Double})
            addCases(shared ? SHARED_FIXTURES_DIR : TEST_DATA_DIR "/gau-cases", precision);
    }

    void equalsTheReference() {
        QFETCH(QString, file);
        QFETCH(QString, scheme);
        QFETCH(int, padding);
        QFETCH(int, precision);
        QFETCH(QList<double>, entropies);
        const bool isDouble = static_cast<Precision>(precision) == Precision::Double;

        const TensorDirectory stored = need(readTensorDirectory(file.toStdString()));
        const std::vector<std::int64_t> wide =
            need(readIntegers(stored, *stored.find("input_ids")));
        const std::vector<std::int32_t> ids(wide.begin(), wide.end());
        const auto n = static_cast<std::int64_t>(ids.size()), tokens = n - padding;
        std::vector<std::uint8_t> open(ids.size(), 1);
        std::fill(open.begin() + tokens, open.end(), std::uint8_t{0});

        RunOptions options;
        options.precision = static_cast<Precision>(precision);
        options.allLogits = true;
        Model& model = *m_models.at(options.precision);
        const Plan plan = planFor(m_checkpoint->config(), scheme.toStdString(), n, tokens);
        const ForwardResult result = need(model.forward(ids, open, plan, options));

        const double sharp = scheme.contains("s=128") ? 2e-4 : 1e-5;
        for (int layer = 0; layer < 3; ++layer) {
            const std::vector<float> expected =
                floats(stored, "attention." + std::to_string(layer));
            const double error = furthest(wholeMap(model, result.trace, layer, n), expected,
                                          static_cast<std::size_t>(tokens * n));
            QVERIFY2(error <= (isDouble ? 1e-7 : sharp), std::to_string(error).c_str());
            const RowStatistics<float>& statistics =
                result.layers[static_cast<std::size_t>(layer)].statistics;
            double mean = 0;
            for (std::int64_t row = 0; row < tokens; ++row)
                mean += static_cast<double>(statistics.entropy[static_cast<std::size_t>(row)]) /
                        static_cast<double>(tokens);
            QVERIFY(std::abs(mean - entropies[layer]) < (isDouble ? 1e-6 : 1e-4));
        }
        const std::vector<float> expected = floats(stored, "logits");
        const auto compared = static_cast<std::size_t>(tokens * m_checkpoint->config().vocabulary);
        double size = 0;
        for (std::size_t i = 0; i < compared; ++i)
            size = std::max(size, static_cast<double>(std::abs(expected[i])));
        QVERIFY(furthest(result.logits, expected, compared) <= (isDouble ? 1e-7 : 1e-4) * size);
        model.release(result.trace);
    }
};

QTEST_GUILESS_MAIN(TestFixtures)
#include "tst_fixtures.moc"
