// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/warnings.h"

#include "scheme_testing.h"

using namespace isentrope;

namespace {

const char* const unturned = "i 47 of 64 planes never turned once in training, at L0 = 64: at n = "
                             "4096 they meet angles never seen";

} // namespace

class WarningsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void warns_data();
    void warns();
    void nothingWhereItCannotBeCompiled();
};

void WarningsTest::warns_data() {
    QTest::addColumn<QString>("notation");
    QTest::addColumn<QString>("trained");
    QTest::addColumn<int>("n");
    QTest::addColumn<QStringList>("found"); // "!" a warning, "i" an information
    const auto row = [](const char* name, const char* notation, const char* trained, int n,
                        const QStringList& found) {
        QTest::newRow(name) << QString(notation) << QString(trained) << n << found;
    };
    const QString yarn = "! yarn already multiplies logits by (0.1 ln s + 1)^2; `yarn(mscale=0)` "
                         "is its frequencies alone";
    row("yarn with a temperature", "yarn+logn", "rope", 4096, {yarn});
    row("yarn with its own formula", "yarn+temperature(\"1\")", "rope", 4096, {yarn});
    row("yarn alone", "yarn+softmax", "rope", 4096, {});
    row("yarn's frequencies", "yarn(mscale=0)+logn", "rope", 4096, {});
    const QString unrotated = "! published without rotation; `nope` is the pair it was made for";
    row("alibi on a rotation", "pi+softmax+alibi", "rope", 4096, {unrotated});
    row("kerple on a rotation", "pi+softmax+kerple-log", "rope", 4096, {unrotated});
    row("sandwich on a rotation", "pi+softmax+sandwich", "rope", 4096, {unrotated});
    row("alibi without rotation", "nope+softmax+alibi", "rope", 4096, {});
    row("scale-invariant untrained", "pi+scale-invariant(tau=1e12)", "rope", 4096,
        {"! assumes logits of unit variance, see Theory > QQ; untrained"});
    row("scale-invariant trained", "pi+scale-invariant", "rope+scale-invariant", 4096, {});
    row("softmax-plus", "pi+softmax-plus", "rope", 4096,
        {"! factor 0.67 at L0 = 64: flattens what was learned; `softmax-plus(L=64)` or `logn`"});
    row("softmax-plus as trained", "pi+softmax-plus", "rope+softmax-plus", 4096, {});
    row("softmax-plus of L0", "pi+softmax-plus(L=64)", "rope", 4096, {});
    row("softmax-plus below L0", "pi+softmax-plus(L=8)", "rope", 4096,
        {"i changes attention at the training length too: factor 2 at L0 = 64"});
    row("cos on dot", "cos(s=16)+pi", "rope", 4096,
        {"! this checkpoint was trained with dot similarity"});
    row("dot on cos", "dot+pi", "cos(s=128)+rope", 4096,
        {"! this checkpoint was trained with cosine similarity, s = 128"});
    row("another cosine", "cos(s=16)+pi", "cos(s=128)+rope", 4096,
        {"! this checkpoint was trained with a cosine of s = 128, not 16"});
    row("the same cosine", "cos(s=128)+pi", "cos(s=128)+rope", 4096, {});
    row("the cosine unsaid", "pi", "cos(s=128)+rope", 4096, {});
    row("nope alone", "nope", "rope", 64,
        {"! no order at all: with attention to both sides the text is a bag of tokens"});
    row("nope with a bias", "nope+kerple-log", "rope", 64, {});
    row("nope with a window", "nope+window", "rope", 64, {});
    const QString untrained = "i a change without training, not the published set-up";
    row("p-rope on rope", "p-rope", "rope", 64, {untrained});
    row("p-rope as trained", "p-rope", "p-rope", 64, {});
    row("hope on rope", "hope", "rope", 64, {untrained});
    row("half-rope on rope", "half-rope", "rope", 64, {untrained});
    row("self-extend too short", "self-extend(g=10)", "rope", 4096,
        {"! reaches positions never trained: (L0 - w) g + w = 352 is below n = 4096"});
    row("self-extend by default", "self-extend", "rope", 4096, {});
    row("rerope of L0", "rerope(w=64)", "rope", 4096,
        {"! w = 64 is not below L0 = 64: known to collapse; w between L0/4 and L0/2 works best"});
    row("rerope by default", "rerope", "rope", 4096, {});
    row("leaky too far", "leaky-rerope", "rope", 4096,
        {"! reaches distances never trained: w + (n-1-w)/k = 285.94 at n = 4096, L0 = 64"});
    row("leaky in reach", "leaky-rerope(k=1000)", "rope", 4096, {});
    row("a constant", "pi+constant(c=4)", "rope", 4096,
        {"i changes attention at the training length too: factor 4 at L0 = 64"});
    row("the constant 1", "pi+constant", "rope", 4096, {});
    row("an own formula", "pi+temperature(\"ln(n)/ln(512)\")", "rope", 4096,
        {"i changes attention at the training length too: factor 0.67 at L0 = 64"});
    row("ssmax as trained", "pi+ssmax", "rope+ssmax", 4096, {});
    row("rope beyond L0", "rope+softmax", "rope", 4096, {unturned});
    row("rope at L0", "rope+softmax", "rope", 64, {});
    row("rope within a window", "rope+window", "rope", 4096, {});
    row("alibi-ref", "nope+alibi-ref", "rope", 4096,
        {"i as in the reference code, which departs from its paper: the bias is added before the "
         "division by sqrt(d), so its slope is 0.00035 instead of 0.0039; `alibi` is the "
         "published form"});
    row("adaptive on many keys", "pi+adaptive", "rope", 4096,
        {"i acts only on rows of 2.3 to 382 effective keys; a row spread over all 4096 keys is "
         "left as it is"});
    row("two at once", "rope+constant(c=2)", "rope", 4096,
        {unturned, "i changes attention at the training length too: factor 2 at L0 = 64"});
}

void WarningsTest::warns() {
    QFETCH(QString, notation);
    QFETCH(QString, trained);
    QFETCH(int, n);
    QFETCH(QStringList, found);
    const Catalogue& catalogue = Catalogue::builtIn();
    const auto asTrained = parseScheme(trained.toStdString(), catalogue);
    QVERIFY(asTrained.has_value());
    const Plan trainedPlan = planOf(qPrintable(trained), 64);
    QStringList texts;
    for (const Warning& warning :
         warnings(*parseScheme(notation.toStdString(), catalogue), catalogue,
                  {n, 0, 64, 128, trainedPlan.similarity}, *asTrained))
        texts << (warning.level == WarningLevel::Warning ? "! " : "i ") +
                     QString::fromStdString(warning.text);
    QCOMPARE(texts, found);
}

void WarningsTest::nothingWhereItCannotBeCompiled() {
    const Catalogue& catalogue = Catalogue::builtIn();
    const auto scheme = parseScheme("cos+rope", catalogue);
    QVERIFY(warnings(*scheme, catalogue, {64, 0, 64, 128, {}}).empty());
    const auto rope = parseScheme("rope+constant(c=2)", catalogue);
    QCOMPARE(warnings(*rope, catalogue, {64, 0, 64, 128, {}}).size(), std::size_t{1});
    QVERIFY(warnings(*rope, catalogue, {0, 0, 0, 0, {}}).empty());
    QVERIFY(warnings(*rope, catalogue, {64, 0, 64, 2'000'000'000, {}}).empty());
}

QTEST_APPLESS_MAIN(WarningsTest)
#include "tst_warnings.moc"
