// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheme_testing.h"

#include "core/base/json.h"

#include <set>

using namespace isentrope;

namespace {

/// One number of a plan's JSON at n = 160, L0 = 64, d = 32, from an independent double-precision
/// program. A scheme of a known shape is added with its entry in the catalogue and its row here.
struct Row {
    const char* notation;
    const char* pointer;
    double expected;
};

constexpr Row rows[] = {
    {"rope", "/position/angles/12", 0.001},
    {"rope(base=500000)", "/position/angles/12", 5.3182958969449884e-05},
    {"cos(s=16)", "/similarity/s", 16},
    {"pi", "/position/angles/12", 0.0004},
    {"ntk", "/position/angles/12", 0.0004804497735925725},
    {"dynamic-ntk", "/position/angles/12", 0.0004804497735925725},
    {"dynamic-ntk(factor=2)", "/position/angles/12", 0.0003298769776932236},
    {"ntk-mixed", "/position/angles/12", 0.0004565061883658313},
    {"ntk-mixed(b=0.625)", "/position/angles/12", 0.00044718983942104186},
    {"yarn", "/position/angles/12", 0.0004},
    {"yarn", "/position/magnitude", 1.0916290731874154},
    {"yarn(mscale=0)", "/position/angles/12", 0.0004},
    {"yarn(mscale=0)", "/position/magnitude", 1},
    {"yarn(fast=16,slow=2)", "/position/angles/12", 0.0004},
    {"yarn(fast=16,slow=2)", "/position/magnitude", 1.0916290731874154},
    {"p-rope", "/position/angles/3", 0.1778279410038923},
    {"p-rope", "/position/angles/12", 0},
    {"p-rope(p=0.75)", "/position/angles/3", 0.1778279410038923},
    {"p-rope(p=0.75)", "/position/angles/12", 0},
    {"p-rope(p=0)", "/position/angles/3", 0},
    {"p-rope(p=0)", "/position/angles/12", 0},
    {"p-rope(p=1)", "/position/angles/3", 0.1778279410038923},
    {"p-rope(p=1)", "/position/angles/12", 0.001},
    {"half-rope", "/position/angles/3", 0.05127095975047738},
    {"half-rope", "/position/angles/12", 0},
    {"half-rope(base=100)", "/position/angles/3", 0.13894954943731377},
    {"half-rope(base=100)", "/position/angles/12", 0},
    {"hope", "/position/angles/3", 0.1778279410038923},
    {"hope", "/position/angles/12", 0},
    {"nope", "/position/angles/12", 0},
    {"rerope", "/position/angles/12", 0.001},
    {"rerope", "/position/w", 32},
    {"rerope(w=5)", "/position/angles/12", 0.001},
    {"rerope(w=5)", "/position/w", 5},
    {"leaky-rerope", "/position/angles/12", 0.001},
    {"leaky-rerope", "/position/w", 32},
    {"leaky-rerope", "/position/k", 16},
    {"leaky-rerope(w=7,k=3)", "/position/angles/12", 0.001},
    {"leaky-rerope(w=7,k=3)", "/position/w", 7},
    {"leaky-rerope(w=7,k=3)", "/position/k", 3},
    {"self-extend", "/position/angles/12", 0.001},
    {"self-extend", "/position/w", 32},
    {"self-extend", "/position/g", 4},
    {"self-extend(w=8,g=3)", "/position/angles/12", 0.001},
    {"self-extend(w=8,g=3)", "/position/w", 8},
    {"self-extend(w=8,g=3)", "/position/g", 3},
    {"pi-ref", "/position/angles/12", 0.0025},
    {"rerope-ref", "/position/angles/12", 0.001},
    {"rerope-ref", "/position/w", 64},
    {"rerope-ref(w=32)", "/position/angles/12", 0.001},
    {"rerope-ref(w=32)", "/position/w", 32},
    {"softmax", "/factor", 1},
    {"logn", "/factor", 1.2203213491478937},
    {"logn(L=100)", "/factor", 1.1020599913279623},
    {"logn-clipped", "/factor", 1.2203213491478937},
    {"softmax-plus", "/factor", 0.8135475660985958},
    {"softmax-plus(L=64)", "/factor", 1.2203213491478937},
    {"infoscale", "/factor", 1.0897275068459926},
    {"infoscale(L=512)", "/factor", 0.9175301216840548},
    {"yarn-temperature", "/factor", 1.1916540334280157},
    {"yarn-temperature(c=0.2)", "/factor", 1.400099840962401},
    {"constant", "/factor", 1},
    {"constant(c=4)", "/factor", 4},
    {"critical(gamma=0.5)", "/factor", 2.5375869076169133},
    {"ssmax", "/factor", 2.1823247405505453},
    {"llama4", "/factor/150", 1.109861228866811},
    {"llama4(floor=8,scale=0.3)", "/factor/150", 1.883331693749932},
    {"ministral", "/factor/150", 1.109861228866811},
    {"ministral(beta=0.2,L=5)", "/factor/150", 1.6867974408970294},
    {"qwen-logn", "/factor/150", 1.2064007898875133},
    {"qwen-logn(L=9)", "/factor/150", 2.2834624592164205},
    {"scale-invariant", "/distance_factor/100", 2.4074448167292934},
    {"scale-invariant", "/distance_bias/100", -4.795790545596741},
    {"scale-invariant(tau=64)", "/distance_factor/100", 1.6976356172421256},
    {"scale-invariant(tau=64)", "/distance_bias/100", -1.8819666889290532},
    {"adaptive", "/factor", 1},
    {"alibi", "/distance_bias/100", -0.390625},
    {"alibi(slope=0.5)", "/distance_bias/100", -50},
    {"alibi-ref", "/distance_bias/100", -0.06905339660024877},
    {"kerple-log(r1=0.3,r2=2)", "/distance_bias/100", -1.5909914724177228},
    {"kerple-power(r2=0.5)", "/distance_bias/100", -10},
    {"sandwich", "/distance_bias/100", 3.8351357287024532},
    {"sandwich(dim=32,r=4)", "/distance_bias/100", 2.367883563154038},
    {"window", "/mask/window", 63},
    {"window(w=3)", "/mask/window", 3},
    {"sinks", "/mask/window", 63},
    {"sinks", "/mask/sinks", 4},
    {"sinks(k=2,w=9)", "/mask/window", 9},
    {"sinks(k=2,w=9)", "/mask/sinks", 2},
    {"streaming", "/mask/window", 63},
    {"streaming", "/mask/sinks", 4},
    {"lambda", "/mask/window", 64},
    {"lambda", "/mask/sinks", 10},
    {"lambda(k=3,w=5)", "/mask/window", 5},
    {"lambda(k=3,w=5)", "/mask/sinks", 3},
};

} // namespace

class PlanTablesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneNumberOfEveryScheme_data();
    void oneNumberOfEveryScheme();
    void noSchemeIsMissing();
    void everySchemeIsFinite_data();
    void everySchemeIsFinite();
};

void PlanTablesTest::oneNumberOfEveryScheme_data() {
    QTest::addColumn<int>("index");
    int index = 0;
    for (const Row& row : rows)
        QTest::addRow("%s %s", row.notation, row.pointer) << index++;
}

void PlanTablesTest::oneNumberOfEveryScheme() {
    QFETCH(int, index);
    const Row& row = rows[index];
    const auto json = parseJson(planJson(planOf(row.notation, 160, 64, 32)), "plan");
    QVERIFY(json.has_value());
    const auto& value = json->at(Json::json_pointer(row.pointer));
    QVERIFY(value.is_number());
    QVERIFY2(std::abs(value.get<double>() - row.expected) <= 1e-13 * std::abs(row.expected),
             qPrintable(QString::number(value.get<double>(), 'g', 17)));
}

void PlanTablesTest::noSchemeIsMissing() {
    std::set<std::string> tested;
    for (const Row& row : rows)
        tested.insert(std::string(row.notation).substr(0, std::string(row.notation).find('(')));
    for (const Entry& entry : Catalogue::builtIn().entries()) {
        const bool nothingToCompute = &Catalogue::builtIn().defaultOf(entry.axis) == &entry;
        QVERIFY2(nothingToCompute || tested.contains(entry.id), entry.id.c_str());
    }
}

void PlanTablesTest::everySchemeIsFinite_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<int>("length");
    for (const Entry& entry : Catalogue::builtIn().entries()) {
        for (const int length : {1, 2, 63, 64, 65, 4096, 1'000'000})
            QTest::addRow("%s n=%d", entry.id.c_str(), length)
                << QString::fromStdString(entry.id) << length;
    }
}

void PlanTablesTest::everySchemeIsFinite() {
    QFETCH(QString, id);
    QFETCH(int, length);
    const Similarity cosine{Similarity::Kind::Cosine, 16}; // so that `cos` has its s
    const Plan plan = planOf(qPrintable(id), length, 64, 128, cosine);
    QCOMPARE(plan.length, std::int64_t{length});
    QCOMPARE(plan.position.angles.size(), std::size_t{64});
    const auto finite = [](double value) { return std::isfinite(value); };
    QVERIFY(finite(plan.factor) && finite(plan.position.magnitude) && finite(plan.position.w));
    QVERIFY(finite(plan.position.k) && finite(plan.position.g) && finite(plan.similarity.scale));
    for (const auto* table :
         {&plan.position.angles, &plan.rowFactor, &plan.distanceFactor, &plan.distanceBias}) {
        const bool rightSize = table == &plan.position.angles || table->empty() ||
                               table->size() == static_cast<std::size_t>(length);
        QVERIFY(rightSize);
        QVERIFY(std::all_of(table->begin(), table->end(), finite));
    }
}

QTEST_APPLESS_MAIN(PlanTablesTest)
#include "tst_plan_tables.moc"
