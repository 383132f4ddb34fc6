// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/batch_run.h"

#include "core/base/number.h"
#include "core/model/guarded.h"
#include "core/model/request_check.h"

#include <algorithm>
#include <chrono>

namespace isentrope {
namespace {

/// Blocks are not made smaller than this when memory runs out.
constexpr std::int64_t leastBlockRows = 16;

using Clock = std::chrono::steady_clock;

Error outOfMemory(const ModelContext& model, const Batch& batch, const RunOptions& options,
                  const std::string& when) {
    const Estimate now = estimateRun(model, batch.length(), static_cast<std::int64_t>(batch.size()),
                                     options, batch.twoPieces(), false);
    return {ErrorCode::OutOfMemory,
            when + ": " + grouped(batch.length()) + " tokens in " +
                std::to_string(model.config.layers) + " layers need " +
                humanBytes(static_cast<double>(now.bytes - model.weightBytes)) + ", " +
                humanBytes(static_cast<double>(now.freeBytes)) +
                " are free; release traces, keep fewer layers, or run a shorter text"};
}

Expected<void> check(const ModelContext& model, const Batch& batch, const RunOptions& options) {
    for (std::size_t t = 0; t < batch.size(); ++t) {
        if (auto fits = checkInput(*batch.ids[t], *batch.openKeys[t], model.config); !fits)
            return fits;
        const auto length = static_cast<std::int64_t>(batch.ids[t]->size());
        if (length != batch.length())
            return fail(ErrorCode::Mismatch,
                        "batch: text " + std::to_string(t) + " has " + std::to_string(length) +
                            " tokens, the first has " + std::to_string(batch.length()) +
                            "; run texts of one length together");
        if (auto fits = checkPlan(*batch.plans[t], length, model.config); !fits) return fits;
    }
    return checkOptions(options, batch.length(), model.config);
}

template <class Real>
class BatchRun {
public:
    BatchRun(const ModelContext& model, PrecisionStack<Real>& stack, std::uint64_t& nextTrace,
             const Batch& batch, const RunOptions& options)
        : m_model(model)
        , m_stack(stack)
        , m_nextTrace(nextTrace)
        , m_batch(batch)
        , m_options(options)
        , m_progress(options.stop, options.progress) {}

    Expected<std::vector<ForwardResult>> run();

private:
    std::vector<Text<Real>> texts(std::size_t begin, std::size_t end);
    Expected<std::vector<TextOutput<Real>>> runGroup(std::size_t begin, std::size_t end);
    ForwardResult result(std::size_t text, TextOutput<Real> output, double seconds);
    std::vector<std::string> notes(const TextOutput<Real>& output) const;

    const ModelContext& m_model;
    PrecisionStack<Real>& m_stack;
    std::uint64_t& m_nextTrace;
    const Batch& m_batch;
    RunOptions m_options;
    ProgressMeter m_progress;
    int m_halvings = 0;
};

template <class Real>
std::vector<Text<Real>> BatchRun<Real>::texts(std::size_t begin, std::size_t end) {
    std::vector<Text<Real>> group;
    for (std::size_t t = begin; t < end; ++t)
        group.push_back(
            {m_batch.ids[t], *m_batch.openKeys[t], m_stack.plans.tables(*m_batch.plans[t])});
    return group;
}

/// Tries again with half the rows a block for as long as memory runs out.
template <class Real>
Expected<std::vector<TextOutput<Real>>> BatchRun<Real>::runGroup(std::size_t begin,
                                                                 std::size_t end) {
    ForwardShape shape;
    shape.sameInput = m_batch.sameInput;
    shape.bfloatProducts = usesBfloat(m_model, m_options);
    for (;;) {
        shape.blockRows = chosenBlockRows(m_model, m_options, m_batch.length());
        try {
            return runForward(m_stack.network, *m_model.kernels, texts(begin, end), shape,
                              m_options, m_progress);
        } catch (const Stopped&) {
            throw;
        } catch (...) {
            const Error problem = errorInFlight();
            if (problem.code != ErrorCode::OutOfMemory) return tl::unexpected(problem);
        }
        if (shape.blockRows <= leastBlockRows)
            return tl::unexpected(outOfMemory(m_model, m_batch, m_options,
                                              "memory ran out with the smallest blocks"));
        m_options.blockRows = std::max(leastBlockRows, shape.blockRows / 2);
        ++m_halvings;
    }
}

template <class Real>
Expected<std::vector<ForwardResult>> BatchRun<Real>::run() {
    const auto count = static_cast<std::int64_t>(m_batch.size());
    const auto group = static_cast<std::size_t>(groupSize(m_batch.length(), count));
    const auto share = [&](std::size_t done) {
        return static_cast<double>(done) / static_cast<double>(m_batch.size());
    };
    std::vector<ForwardResult> results;
    for (std::size_t begin = 0; begin < m_batch.size(); begin += group) {
        const std::size_t end = std::min(begin + group, m_batch.size());
        m_progress.part(share(begin), share(end));
        const auto started = Clock::now();
        auto outputs = runGroup(begin, end);
        if (!outputs) return tl::unexpected(outputs.error());
        const std::chrono::duration<double> took = Clock::now() - started;
        for (std::size_t t = begin; t < end; ++t)
            results.push_back(result(t, std::move((*outputs)[t - begin]),
                                     took.count() / static_cast<double>(end - begin)));
    }
    return results;
}

template <class Real>
ForwardResult BatchRun<Real>::result(std::size_t text, TextOutput<Real> output, double seconds) {
    ForwardResult result;
    result.plan = *m_batch.plans[text];
    result.length = m_batch.length();
    const std::vector<std::uint8_t>& open = *m_batch.openKeys[text];
    result.tokens = result.length - std::ranges::count(open, std::uint8_t{0});
    result.precision = m_options.precision;
    if (m_options.precision == Precision::Fast && !usesBfloat(m_model, m_options))
        result.precision = Precision::Exact;
    result.device = m_model.device;
    result.notes = notes(output);
    result.layers = std::move(output.layers);
    result.logits = std::move(output.logits);
    result.predictions = std::move(output.predictions);
    result.seconds = seconds;
    if (m_options.keepTrace) {
        result.trace = m_nextTrace++;
        result.traceBytes = output.trace.bytes();
        m_stack.traces.emplace(result.trace, std::move(output.trace));
    }
    return result;
}

template <class Real>
std::vector<std::string> BatchRun<Real>::notes(const TextOutput<Real>& output) const {
    std::vector<std::string> notes;
    if (m_options.precision == Precision::Fast && !usesBfloat(m_model, m_options))
        notes.push_back("ran as exact: " + m_model.device + " has no fast bfloat16 products");
    if (m_halvings > 0)
        notes.push_back("memory ran out: blocks were halved " + std::to_string(m_halvings) +
                        (m_halvings == 1 ? " time, to " : " times, to ") +
                        std::to_string(m_options.blockRows) + " rows");
    if (output.oddLayer >= 0)
        notes.push_back("layer " + std::to_string(output.oddLayer) + ": " +
                        grouped(output.oddRows) +
                        " rows are not finite numbers; look at the weights of this layer");
    return notes;
}

} // namespace

bool Batch::twoPieces() const {
    return std::ranges::any_of(plans, [](const Plan* plan) { return farPositions(*plan).needed; });
}

template <class Real>
Expected<std::vector<ForwardResult>> runBatch(const ModelContext& model,
                                              PrecisionStack<Real>& stack, std::uint64_t& nextTrace,
                                              const Batch& batch, const RunOptions& options) {
    if (auto fits = check(model, batch, options); !fits) return tl::unexpected(fits.error());
    if (!estimateRun(model, batch.length(), static_cast<std::int64_t>(batch.size()), options,
                     batch.twoPieces(), false)
             .fits)
        return tl::unexpected(outOfMemory(model, batch, options, "not started"));
    return BatchRun<Real>(model, stack, nextTrace, batch, options).run();
}

template Expected<std::vector<ForwardResult>> runBatch(const ModelContext&, PrecisionStack<float>&,
                                                       std::uint64_t&, const Batch&,
                                                       const RunOptions&);
template Expected<std::vector<ForwardResult>> runBatch(const ModelContext&, PrecisionStack<double>&,
                                                       std::uint64_t&, const Batch&,
                                                       const RunOptions&);

} // namespace isentrope
