// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/bench_case.h"

#include "core/base/number.h"
#include "core/engine.h"
#include "core/scheme/catalogue.h"
#include "core/scheme/notation.h"
#include "tests/bench/bench_model.h"
#include "tests/bench/plain_torch.h"

#include <algorithm>
#include <chrono>
#include <fstream>

namespace isentrope::bench {
namespace {

constexpr double secondsToSpend = 8;
constexpr int mostRuns = 20;
constexpr std::int64_t textsTogether = 64;

/// The best of as many runs as fit the time, at least one.
template <class Work>
double best(const Work& work) {
    double fastest = 1e9, spent = 0;
    for (int run = 0; run < mostRuns && spent < secondsToSpend; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        fastest = std::min(fastest, took.count());
        spent += took.count();
    }
    return fastest;
}

std::int64_t peakBytes() {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) * 1024;
    return 0;
}

double operations(const ModelConfig& config, std::int64_t length) {
    const auto n = static_cast<double>(length), hidden = static_cast<double>(config.hidden);
    const auto e = static_cast<double>(config.intermediate),
               d = static_cast<double>(config.keySize);
    return static_cast<double>(config.layers) * n * (2 * hidden * (3 * e + d) + 2 * n * (d + e));
}

Expected<Plan> planOf(const Checkpoint& checkpoint, const std::string& scheme,
                      std::int64_t length) {
    const Catalogue& catalogue = Catalogue::builtIn();
    const auto parsed = parseScheme(scheme, catalogue);
    if (!parsed) return tl::unexpected(parsed.error());
    const ModelConfig& config = checkpoint.config();
    return compile(
        *parsed, catalogue,
        {length, length, config.trainLength, static_cast<int>(config.keySize), config.similarity});
}

/// Times what the engine does; `problem` holds the first failure.
class EngineCase {
public:
    EngineCase(Model& model, const Checkpoint& checkpoint, const Case& what)
        : m_model(model)
        , m_checkpoint(checkpoint)
        , m_what(what) {}

    Expected<double> seconds() {
        auto plan = planOf(m_checkpoint, "rope+softmax", m_what.length);
        auto other = planOf(m_checkpoint, "rerope+infoscale", m_what.length);
        if (!plan) return tl::unexpected(plan.error());
        if (!other) return tl::unexpected(other.error());
        const double fastest = m_what.kind == "ours"    ? forward(*plan)
                               : m_what.kind == "batch" ? batch(*plan)
                                                        : view(*plan, *other);
        if (m_problem.message.empty()) return fastest;
        return tl::unexpected(m_problem);
    }

private:
    template <class T>
    T take(Expected<T> result) {
        if (result) return std::move(*result);
        m_problem = result.error();
        return {};
    }
    double forward(const Plan& plan) {
        const auto ids = randomIds(m_what.length);
        return best([&] { m_model.release(take(m_model.forward(ids, {}, plan, {})).trace); });
    }
    double batch(const Plan& plan) {
        const std::vector<std::vector<std::int32_t>> ids(textsTogether, randomIds(m_what.length));
        return best([&] {
            for (const ForwardResult& one : take(m_model.forwardBatch(ids, {}, plan, {})))
                m_model.release(one.trace);
        });
    }
    /// A 1024 x 1024 tile under the trace's own plan ("tile"), the same under another ("what-if"),
    /// or all rows under another ("what-if-rows").
    double view(const Plan& plan, const Plan& other) {
        const ForwardResult run = take(m_model.forward(randomIds(m_what.length), {}, plan, {}));
        RegionRequest tile;
        tile.trace = run.trace;
        tile.layers = {0};
        tile.rows = tile.columns = std::min<std::int64_t>(1024, m_what.length);
        tile.whatIf = m_what.kind == "what-if" ? &other : nullptr;
        if (m_what.kind == "what-if-rows")
            return best([&] { (void)take(m_model.whatIf(run.trace, 0, other, {}, {}, {})); });
        return best([&] { (void)take(m_model.region(tile)); });
    }

    Model& m_model;
    const Checkpoint& m_checkpoint;
    const Case& m_what;
    Error m_problem;
};

Expected<double> secondsOf(const Case& what, const Checkpoint& checkpoint) {
    const ModelConfig& config = checkpoint.config();
    useThreads(what.threads);
    if (what.kind == "products") return best([&] { productsAlone(config, what.length, 256); });
    if (what.kind == "plain") {
        const auto weights = checkpoint.weights();
        if (!weights) return tl::unexpected(weights.error());
        const auto ids = randomIds(what.length);
        return best([&] { plainForward(config, *weights, ids); });
    }
    const auto engine = loadEngine("cpu");
    if (!engine) return tl::unexpected(engine.error());
    const auto model = (*engine)->load(checkpoint, "cpu", Precision::Exact, what.threads);
    if (!model) return tl::unexpected(model.error());
    return EngineCase(**model, checkpoint, what).seconds();
}

} // namespace

Expected<Json> measure(const Case& what) {
    const auto checkpoint = Checkpoint::open(what.model.string(), Catalogue::builtIn());
    if (!checkpoint) return tl::unexpected(checkpoint.error());
    const auto seconds = secondsOf(what, *checkpoint);
    if (!seconds) return tl::unexpected(seconds.error());
    const double texts = what.kind == "batch" ? static_cast<double>(textsTogether) : 1;
    return Json{{"kind", what.kind},
                {"layers", what.layers},
                {"length", what.length},
                {"threads", what.threads},
                {"seconds", *seconds},
                {"operations", texts * operations(checkpoint->config(), what.length)},
                {"peak_bytes", peakBytes()}};
}

} // namespace isentrope::bench
