// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheme_testing.h"

#include "core/base/json.h"
#include "core/scheme/frequencies.h"

#include <algorithm>
#include <numbers>

using namespace isentrope;

namespace {

const Catalogue& catalogue() {
    return Catalogue::builtIn();
}

Expected<Plan> tryPlan(const char* notation, const PlanRequest& request) {
    return compile(*parseScheme(notation, catalogue()), catalogue(), request);
}

/// The factor on the logits of a scheme that has one number for all pairs.
double factorOf(const char* notation, std::int64_t n) {
    const Plan plan = planOf(notation, n);
    return plan.factor * plan.position.magnitude * plan.position.magnitude;
}

double polynomial(const std::vector<double>& coefficients, double x) {
    double value = 0;
    for (const double coefficient : coefficients)
        value = value * x + coefficient;
    return value;
}

} // namespace

class PlanTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void factorTable_data();
    void factorTable();
    void ntkBases_data();
    void ntkBases();
    void scaleInvariantTable_data();
    void scaleInvariantTable();
    void turnsAsRope_data();
    void turnsAsRope();
    void multipliesByOne_data();
    void multipliesByOne();
    void adaptivePolynomial();
    void yarnRamp();
    void ntkKeepsTheFastAndStretchesTheSlow();
    void wavelengthsOfRope();
    void keptPlanes_data();
    void keptPlanes();
    void pRopeEnds();
    void llama4Steps_data();
    void llama4Steps();
    void rowsCountFromZero();
    void biasesThatVanish();
    void streamingWithoutSinksIsAWindow();
    void referenceBiasStandsBeforeTheFactor();
    void referenceBiasRefusesRows();
    void positionsStretchByTheLengthAndTemperaturesByTheTokens();
    void similarityComesFromTheCheckpoint();
    void ownFormulas_data();
    void ownFormulas();
    void ownFormulasMustBeFinite_data();
    void ownFormulasMustBeFinite();
    void refusesWhatCannotBe_data();
    void refusesWhatCannotBe();
    void json();
    void planeStatesBesideTraining();
};

void PlanTest::factorTable_data() {
    QTest::addColumn<QString>("notation");
    QTest::addColumn<int>("n");
    QTest::addColumn<double>("factor");
    struct Line {
        int n;
        double infoscale, logn, softmaxPlus, yarn;
    };
    static constexpr Line lines[] = {{64, 1, 1, 0.6667, 1},
                                     {128, 1.0772, 1.1667, 0.7778, 1.1434},
                                     {256, 1.1485, 1.3333, 0.8889, 1.2965},
                                     {512, 1.2150, 1.5, 1, 1.4591},
                                     {1024, 1.2773, 1.6667, 1.1111, 1.6314},
                                     {2048, 1.3361, 1.8333, 1.2222, 1.8133},
                                     {4096, 1.3918, 2, 1.3333, 2.0047},
                                     {65536, 1.5902, 2.6667, 1.7778, 2.8667}};
    for (const Line& line : lines) {
        QTest::addRow("infoscale %d", line.n) << "infoscale" << line.n << line.infoscale;
        QTest::addRow("logn %d", line.n) << "logn" << line.n << line.logn;
        QTest::addRow("logn-clipped %d", line.n) << "logn-clipped" << line.n << line.logn;
        QTest::addRow("softmax-plus %d", line.n) << "softmax-plus" << line.n << line.softmaxPlus;
        QTest::addRow("yarn %d", line.n) << "yarn" << line.n << line.yarn;
        QTest::addRow("yarn-temperature %d", line.n) << "yarn-temperature" << line.n << line.yarn;
    }
}

void PlanTest::factorTable() {
    QFETCH(QString, notation);
    QFETCH(int, n);
    QFETCH(double, factor);
    QVERIFY(std::abs(factorOf(qPrintable(notation), n) - factor) <= 5e-5);
}

void PlanTest::ntkBases_data() {
    QTest::addColumn<int>("n");
    QTest::addColumn<double>("base");
    QTest::newRow("64") << 64 << 10000.0;
    QTest::newRow("128") << 128 << 20221.26;
    QTest::newRow("256") << 256 << 40889.94;
    QTest::newRow("512") << 512 << 82684.62;
    QTest::newRow("1024") << 1024 << 167198.74;
    QTest::newRow("2048") << 2048 << 338096.95;
    QTest::newRow("4096") << 4096 << 683674.68;
    QTest::newRow("65536") << 65536 << 11430954.5;
}

void PlanTest::ntkBases() {
    QFETCH(int, n);
    QFETCH(double, base);
    for (const char* notation : {"ntk", "dynamic-ntk"}) {
        const double second = planOf(notation, n).position.angles[1]; // base^(-2/d)
        QVERIFY(std::abs(std::pow(second, -64) - base) <= 6e-3 + 5e-9 * base);
    }
}

void PlanTest::scaleInvariantTable_data() {
    QTest::addColumn<int>("t");
    QTest::addColumn<double>("factor");
    QTest::addColumn<double>("bias");
    QTest::newRow("0") << 0 << 1.0 << 0.0;
    QTest::newRow("1") << 1 << 1.0912 << -0.1906;
    QTest::newRow("10") << 10 << 1.5448 << -1.3863;
    QTest::newRow("32") << 32 << 1.9673 << -2.8702;
    QTest::newRow("64") << 64 << 2.2367 << -4.0030;
    QTest::newRow("128") << 128 << 2.4999 << -5.2493;
    QTest::newRow("512") << 512 << 2.9850 << -7.9102;
    QTest::newRow("1024") << 1024 << 3.2058 << -9.2772;
    QTest::newRow("4095") << 4095 << 3.6104 << -12.0348;
}

void PlanTest::scaleInvariantTable() {
    QFETCH(int, t);
    QFETCH(double, factor);
    QFETCH(double, bias);
    const Plan plan = planOf("scale-invariant", 4096);
    const auto at = static_cast<std::size_t>(t);
    QVERIFY(std::abs(plan.distanceFactor[at] - factor) <= 5e-5);
    QVERIFY(std::abs(plan.distanceBias[at] - bias) <= 5e-5);
    const double square = plan.distanceFactor[at] * plan.distanceFactor[at];
    QVERIFY(std::abs(plan.distanceBias[at] - (1 - square)) <= 1e-13);
}

void PlanTest::turnsAsRope_data() {
    QTest::addColumn<QString>("notation");
    QTest::addColumn<int>("n");
    for (const char* notation : {"pi", "ntk", "dynamic-ntk", "dynamic-ntk(factor=3)", "ntk-mixed",
                                 "yarn", "pi-ref", "p-rope(p=1)"}) {
        for (const int n : {1, 40, 64})
            QTest::newRow((std::string(notation) + " n=" + std::to_string(n)).c_str())
                << notation << n;
    }
    for (const char* notation : {"p-rope(p=1)", "dynamic-ntk(factor=0)"})
        QTest::newRow((std::string(notation) + " n=4096").c_str()) << notation << 4096;
}

void PlanTest::turnsAsRope() {
    QFETCH(QString, notation);
    QFETCH(int, n);
    const Plan plan = planOf(qPrintable(notation), n);
    const Plan rope = planOf("rope", n);
    QVERIFY(farthest(plan.position.angles, rope.position.angles) <= 1e-14);
    QCOMPARE(plan.position.rule, rope.position.rule);
    QCOMPARE(plan.position.magnitude, 1.0);
}

void PlanTest::multipliesByOne_data() {
    QTest::addColumn<QString>("notation");
    QTest::addColumn<int>("n");
    for (const char* notation :
         {"logn", "infoscale", "logn-clipped", "yarn-temperature", "softmax-plus(L=64)", "softmax"})
        QTest::newRow((std::string(notation) + " at L0").c_str()) << notation << 64;
    QTest::newRow("softmax-plus at 512") << "softmax-plus" << 512;
    QTest::newRow("logn-clipped below L0") << "logn-clipped" << 10;
    QTest::newRow("yarn-temperature below L0") << "yarn-temperature" << 10;
    QTest::newRow("constant") << "constant" << 4096;
    QTest::newRow("constant yarn-temperature") << "yarn-temperature(c=0)" << 4096;
}

void PlanTest::multipliesByOne() {
    QFETCH(QString, notation);
    QFETCH(int, n);
    QVERIFY(std::abs(planOf(qPrintable(notation), n).factor - 1) <= 1e-14);
}

void PlanTest::adaptivePolynomial() {
    const Plan plan = planOf("adaptive", 100);
    QVERIFY(plan.adaptive.has_value());
    QCOMPARE(plan.factor, 1.0);
    QCOMPARE(plan.adaptive->threshold, 0.5);
    const auto& coefficients = plan.adaptive->polynomial;
    QVERIFY(std::abs(polynomial(coefficients, 1) - 1.27) <= 5e-5);
    QVERIFY(std::abs(polynomial(coefficients, 3) - 2.25) <= 5e-5);
    QVERIFY(std::abs(polynomial(coefficients, 5) - 2.294) <= 5e-5);
    QVERIFY(std::abs(polynomial(coefficients, 6) - 0.855) <= 5e-5);
    QVERIFY(std::abs(polynomial(coefficients, 0.849) - 1) <= 5e-3);
    QVERIFY(std::abs(polynomial(coefficients, 5.945) - 1) <= 5e-3);
    QVERIFY(!planOf("softmax", 100).adaptive.has_value());
}

void PlanTest::yarnRamp() {
    const auto rope = planOf("rope", 4096).position.angles;
    const auto yarn = planOf("yarn", 4096).position.angles;
    QCOMPARE(yarn[0], rope[0]); // low = 0
    for (std::size_t k = 17; k < rope.size(); ++k)
        QVERIFY(std::abs(yarn[k] * 64 / rope[k] - 1) <= 1e-14); // high = 17
    for (std::size_t k = 1; k < 17; ++k) {
        const double ramp = static_cast<double>(k) / 17;
        QVERIFY(std::abs(yarn[k] / rope[k] - (1 - ramp + ramp / 64)) <= 1e-14);
    }
    // One and the same bound on both sides: the ramp is a step, not a division by zero.
    const auto step = planOf("yarn(fast=1,slow=1)", 4096, 1, 128).position.angles;
    QVERIFY(std::all_of(step.begin(), step.end(), [](double angle) { return angle > 0; }));
}

void PlanTest::ntkKeepsTheFastAndStretchesTheSlow() {
    const auto rope = planOf("rope", 4096).position.angles;
    for (const char* notation : {"ntk", "dynamic-ntk"}) {
        const auto ntk = planOf(notation, 4096).position.angles;
        QCOMPARE(ntk.front(), 1.0);
        QVERIFY(std::abs(rope.back() / ntk.back() - 64) <= 1e-11);
    }
    const auto mixed = planOf("ntk-mixed", 4096).position.angles;
    QVERIFY(std::abs(rope.back() / mixed.back() - 64) <= 1e-11);
}

void PlanTest::wavelengthsOfRope() {
    const auto angles = planOf("rope", 64).position.angles;
    const auto shorterThan = [&](double length) {
        return std::count_if(angles.begin(), angles.end(),
                             [&](double angle) { return 2 * std::numbers::pi / angle < length; });
    };
    QCOMPARE(shorterThan(64), 17);
    QCOMPARE(shorterThan(4096), 46);
    QVERIFY(std::abs(2 * std::numbers::pi / angles.back() - 54410) < 1);
    const auto half = planOf("half-rope", 64).position.angles;
    QVERIFY(std::abs(2 * std::numbers::pi / half[31] - 6434) < 1);
}

void PlanTest::keptPlanes_data() {
    QTest::addColumn<QString>("notation");
    QTest::addColumn<int>("kept");
    QTest::addColumn<double>("longest"); // wavelength
    QTest::newRow("p 0.75") << "p-rope(p=0.75)" << 48 << 5441.0;
    QTest::newRow("p 0.5") << "p-rope(p=0.5)" << 32 << 544.1;
    QTest::newRow("p 0.25") << "p-rope" << 16 << 54.41;
    QTest::newRow("hope") << "hope" << 17 << 62.83;
    QTest::newRow("half-rope") << "half-rope" << 32 << 6434.0;
    QTest::newRow("a half rounds up") << "p-rope(p=0.0078125)" << 1 << 6.28;
}

void PlanTest::keptPlanes() {
    QFETCH(QString, notation);
    QFETCH(int, kept);
    QFETCH(double, longest);
    const auto angles = planOf(qPrintable(notation), 4096).position.angles;
    const auto last = static_cast<std::size_t>(kept) - 1;
    QCOMPARE(angles.size() -
                 static_cast<std::size_t>(std::count(angles.begin(), angles.end(), 0.0)),
             static_cast<std::size_t>(kept));
    QVERIFY(std::abs(2 * std::numbers::pi / angles[last] / longest - 1) < 1e-3);
}

void PlanTest::pRopeEnds() {
    const auto nope = planOf("nope", 4096).position.angles;
    QVERIFY(planOf("p-rope(p=0)", 4096).position.angles == nope);
    QCOMPARE(std::count(nope.begin(), nope.end(), 0.0), 64);
}

void PlanTest::llama4Steps_data() {
    QTest::addColumn<int>("query");
    QTest::addColumn<double>("factor");
    QTest::newRow("127") << 127 << 1.110;
    QTest::newRow("255") << 255 << 1.161;
    QTest::newRow("511") << 511 << 1.220;
    QTest::newRow("1023") << 1023 << 1.283;
    QTest::newRow("2047") << 2047 << 1.350;
    QTest::newRow("4095") << 4095 << 1.417;
}

void PlanTest::llama4Steps() {
    QFETCH(int, query);
    QFETCH(double, factor);
    const Plan plan = planOf("llama4", 4096);
    QVERIFY(std::abs(plan.rowFactor[static_cast<std::size_t>(query)] - factor) <= 1e-3);
}

void PlanTest::rowsCountFromZero() {
    const auto llama = planOf("llama4(floor=8)", 32).rowFactor;
    QCOMPARE(llama[6], 1.0);
    QCOMPARE(llama[7], 1 + 0.1 * std::log(2.0));
    const auto ministral = planOf("ministral(L=8)", 32).rowFactor;
    QCOMPARE(ministral[7], 1.0);
    QCOMPARE(ministral[8], 1 + 0.1 * std::log(2.0));
    const auto qwen = planOf("qwen-logn(L=8)", 32).rowFactor;
    QCOMPARE(qwen[7], 1.0); // the eighth token
    QCOMPARE(qwen[8], std::log(9.0) / std::log(8.0));
}

void PlanTest::biasesThatVanish() {
    for (const char* notation : {"nope+alibi(slope=0)", "nope+kerple-log(r1=0)",
                                 "nope+kerple-power(r1=0)", "nope+alibi-ref(slope=0)"}) {
        const auto bias = planOf(notation, 100).distanceBias;
        QCOMPARE(std::count(bias.begin(), bias.end(), 0.0), 100);
        QVERIFY(std::none_of(bias.begin(), bias.end(), [](double m) { return std::signbit(m); }));
    }
    const Plan flat = planOf("scale-invariant(tau=1e15)", 4096);
    for (std::size_t t = 0; t < 4096; ++t) {
        QVERIFY(std::abs(flat.distanceFactor[t] - 1) <= 1e-11);
        QVERIFY(std::abs(flat.distanceBias[t]) <= 1e-11);
    }
}

void PlanTest::streamingWithoutSinksIsAWindow() {
    const MaskPlan window = planOf("window", 4096).mask;
    for (const char* notation : {"sinks(k=0)", "streaming(k=0)", "lambda(k=0,w=63)"}) {
        const MaskPlan mask = planOf(notation, 4096).mask;
        QCOMPARE(mask.window, window.window);
        QCOMPARE(mask.sinks, std::int64_t{0});
    }
    QVERIFY(!planOf("full", 4096).mask.window.has_value());
    QCOMPARE(planOf("streaming", 4096).mask.farSinks, MaskPlan::FarSinks::Behind);
    QCOMPARE(planOf("lambda", 4096).mask.farSinks, MaskPlan::FarSinks::Capped);
    QCOMPARE(planOf("sinks", 4096).mask.farSinks, MaskPlan::FarSinks::Absolute);
}

void PlanTest::referenceBiasStandsBeforeTheFactor() {
    const auto plain = planOf("nope+alibi-ref", 4096).distanceBias;
    QVERIFY(std::abs(plain[1] + 3.4526698300124393e-4) <= 1e-18);
    QVERIFY(std::abs(plain[4095] + 1.41) <= 5e-3);
    const auto scaled = planOf("nope+logn+alibi-ref", 4096).distanceBias;
    QVERIFY(std::abs(scaled[4095] - 2 * plain[4095]) <= 1e-14);
    const Plan pair = planOf("nope+scale-invariant+alibi-ref", 100);
    QVERIFY(
        std::abs(pair.distanceBias[50] - (1 - pair.distanceFactor[50] * pair.distanceFactor[50] +
                                          pair.distanceFactor[50] * plain[50])) <= 1e-13);
    const auto published = planOf("nope+logn+alibi", 4096).distanceBias;
    QCOMPARE(published[4095], -4095.0 / 256);
}

void PlanTest::referenceBiasRefusesRows() {
    for (const char* notation : {"nope+llama4+alibi-ref", "nope+adaptive+alibi-ref"}) {
        const auto plan = tryPlan(notation, {100, 0, 64, 128, {}});
        QVERIFY(!plan.has_value());
        QCOMPARE(plan.error().code, ErrorCode::Unsupported);
    }
}

void PlanTest::positionsStretchByTheLengthAndTemperaturesByTheTokens() {
    const auto plan = tryPlan("pi+logn", {256, 128, 64, 128, {}});
    QVERIFY(plan.has_value());
    QCOMPARE(plan->position.angles[0], 0.25);
    QVERIFY(std::abs(plan->factor - 7.0 / 6) <= 1e-14);
    const auto yarn = tryPlan("yarn-temperature", {256, 64, 64, 128, {}});
    QCOMPARE(yarn->factor, 1.0);
    const auto rows = tryPlan("llama4+alibi", {256, 128, 64, 128, {}});
    QCOMPARE(rows->rowFactor.size(), std::size_t{256});
    QCOMPARE(rows->distanceBias.size(), std::size_t{256});
}

void PlanTest::similarityComesFromTheCheckpoint() {
    const Similarity cosine{Similarity::Kind::Cosine, 128};
    QCOMPARE(planOf("rope", 64, 64, 128, cosine).similarity, cosine);
    QCOMPARE(planOf("cos+rope", 64, 64, 128, cosine).similarity, cosine);
    QCOMPARE(planOf("dot+rope", 64, 64, 128, cosine).similarity, Similarity());
    const Similarity sixteen{Similarity::Kind::Cosine, 16};
    QCOMPARE(planOf("cos(s=16)+rope", 64, 64, 128, cosine).similarity, sixteen);
    const auto missing = tryPlan("cos", {64, 0, 64, 128, {}});
    QVERIFY(!missing.has_value());
    QVERIFY(missing.error().message.find("cos(s=16)") != std::string::npos);
}

void PlanTest::ownFormulas_data() {
    QTest::addColumn<QString>("own");
    QTest::addColumn<QString>("same");
    const auto row = [](const char* own, const char* same) {
        QTest::newRow(same) << QString(own) << QString(same);
    };
    row("temperature(\"ln(n)/ln(L0)\")", "logn");
    row("temperature(\"sqrt(1-n^(-2/d))/sqrt(1-L^(-2/d))\")", "infoscale");
    row("temperature(\"sqrt(2*ln(t/10+1)+1) ; -2*ln(t/10+1)\")", "scale-invariant");
    row("temperature(\"1+0.1*ln(floor((i+1)/L)+1)\")", "llama4");
    row("bias(\"-t/256\")", "softmax+alibi");
}

void PlanTest::ownFormulas() {
    QFETCH(QString, own);
    QFETCH(QString, same);
    const Plan mine = planOf(qPrintable(own), 4096);
    const Plan theirs = planOf(qPrintable(same), 4096);
    QVERIFY(std::abs(mine.factor - theirs.factor) <= 1e-14);
    for (const auto table : {&Plan::rowFactor, &Plan::distanceFactor, &Plan::distanceBias}) {
        QCOMPARE((mine.*table).size(), (theirs.*table).size());
        if (!(mine.*table).empty()) QVERIFY(farthest(mine.*table, theirs.*table) <= 1e-12);
    }
}

void PlanTest::ownFormulasMustBeFinite_data() {
    QTest::addColumn<QString>("notation");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* notation, const char* message) {
        QTest::newRow(notation) << QString(notation) << QString(message);
    };
    row("temperature(\"1/(n-64)\")",
        "temperature: the factor is not finite at n = 64 (L0 = 64, d = 128): found inf");
    row("temperature(\"ln(n-65)\")",
        "temperature: the factor is not finite at n = 64 (L0 = 64, d = 128): found nan");
    row("temperature(\"1/(i-3)\")",
        "temperature: the factor is not finite at n = 64, i = 3 (L0 = 64, d = 128): found inf");
    row("temperature(\"1 ; ln(t)\")",
        "temperature: the bias is not finite at n = 64, t = 0 (L0 = 64, d = 128): found -inf");
    row("bias(\"10^t\")", "bias: the bias is not finite at n = 64, t = 39 (L0 = 64, d = 128): "
                          "found 1e+39, too large");
}

void PlanTest::ownFormulasMustBeFinite() {
    QFETCH(QString, notation);
    QFETCH(QString, message);
    const auto plan = tryPlan(qPrintable(notation), {64, 0, 64, 128, {}});
    QVERIFY(!plan.has_value());
    QCOMPARE(plan.error().code, ErrorCode::BadFormula);
    QCOMPARE(QString::fromStdString(plan.error().message), message);
}

void PlanTest::refusesWhatCannotBe_data() {
    QTest::addColumn<QString>("notation");
    QTest::addColumn<qint64>("n");
    QTest::addColumn<qint64>("tokens");
    QTest::addColumn<qint64>("trainLength");
    QTest::addColumn<int>("keySize");
    const auto row = [](const char* name, const char* notation, qint64 n, qint64 tokens,
                        qint64 trainLength, int keySize) {
        QTest::newRow(name) << QString(notation) << n << tokens << trainLength << keySize;
    };
    row("no length", "rope", 0, 0, 64, 128);
    row("negative length", "rope", -5, 0, 64, 128);
    row("endless length", "alibi", Q_INT64_C(1) << 62, 0, 64, 128);
    row("more tokens than length", "rope", 10, 11, 64, 128);
    row("negative tokens", "rope", 10, -1, 64, 128);
    row("no training length", "rope", 10, 0, 0, 128);
    row("odd key", "rope", 10, 0, 64, 127);
    row("no key", "rope", 10, 0, 64, 0);
    row("endless key", "rope", 10, 0, 64, 2'000'000'000);
    row("ln 1 in the divisor", "logn", 10, 0, 1, 128);
    row("no group reaches", "self-extend(w=64)", 100, 0, 64, 128);
}

void PlanTest::refusesWhatCannotBe() {
    QFETCH(QString, notation);
    QFETCH(qint64, n);
    QFETCH(qint64, tokens);
    QFETCH(qint64, trainLength);
    QFETCH(int, keySize);
    const auto plan = tryPlan(qPrintable(notation), {n, tokens, trainLength, keySize, {}});
    QVERIFY(!plan.has_value());
    QCOMPARE(plan.error().code, ErrorCode::OutOfRange);
}

void PlanTest::json() {
    const auto keysOf = [](const OrderedJson& object) {
        QStringList keys;
        for (const auto& item : object.items())
            keys << QString::fromStdString(item.key());
        return keys;
    };
    const auto plain = OrderedJson::parse(planJson(planOf("rope+softmax", 3, 64, 4)));
    QCOMPARE(
        QString::fromStdString(plain.dump()),
        QString(R"({"scheme":"rope+softmax","n":3,"L0":64,"d":4,)"
                R"("similarity":{"kind":"dot","s":null},"position":{"rule":"plain",)"
                R"("w":null,"k":null,"g":null,"angles":[1,0.01],"magnitude":1},"factor":1,)"
                R"("distance_factor":null,"distance_bias":null,)"
                R"("mask":{"window":null,"sinks":0,"far_sinks":"absolute"},"adaptive":false})"));
    const auto full = OrderedJson::parse(
        planJson(planOf("cos(s=16)+leaky-rerope+scale-invariant+alibi+lambda", 3, 64, 4)));
    QCOMPARE(keysOf(full), keysOf(plain));
    QCOMPARE(full["similarity"]["s"].get<double>(), 16.0);
    QCOMPARE(full["position"]["rule"].get<std::string>(), std::string("leaky"));
    QCOMPARE(full["position"]["k"].get<double>(), 16.0);
    QVERIFY(full["position"]["g"].is_null());
    QCOMPARE(full["distance_factor"].size(), std::size_t{3});
    QCOMPARE(full["distance_bias"].size(), std::size_t{3});
    QCOMPARE(full["mask"]["far_sinks"].get<std::string>(), std::string("capped"));
    const auto rows = OrderedJson::parse(planJson(planOf("self-extend+ministral", 70, 64, 4)));
    QCOMPARE(rows["factor"].size(), std::size_t{70});
    QVERIFY(rows["position"]["k"].is_null());
    QCOMPARE(rows["position"]["g"].get<double>(), 2.0);
    QCOMPARE(OrderedJson::parse(planJson(planOf("adaptive", 3)))["adaptive"].get<bool>(), true);
}

void PlanTest::planeStatesBesideTraining() {
    const PositionPlan rope = planOf("rope", 4096).position;
    const auto count = [&](const char* notation, PlaneState state) {
        const auto states = planeStates(planOf(notation, 4096).position, rope);
        return std::count(states.begin(), states.end(), state);
    };
    QCOMPARE(count("rope", PlaneState::Kept), 64);
    QCOMPARE(count("p-rope", PlaneState::Kept), 16);
    QCOMPARE(count("p-rope", PlaneState::Lost), 48);
    QCOMPARE(count("pi", PlaneState::Changed), 64);
    QCOMPARE(count("ntk", PlaneState::Kept), 1);
    QCOMPARE(count("yarn", PlaneState::Changed), 63);
    QCOMPARE(count("nope", PlaneState::Lost), 64);
    QVERIFY(planeStates(planOf("rope", 64, 64, 32).position, rope).empty());
}

QTEST_APPLESS_MAIN(PlanTest)
#include "tst_plan.moc"
