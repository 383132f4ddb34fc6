// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/gau_model.h"

#include "core/base/machine.h"
#include "core/base/number.h"
#include "core/model/guarded.h"
#include "core/model/request_check.h"
#include "core/model/threads.h"

namespace isentrope {
namespace {

const std::vector<std::uint8_t> nothingHidden;

std::uint64_t bytesOf(const ModelWeights& weights) {
    std::size_t count = weights.embedding.size() + weights.tokenType.size() +
                        weights.decoder.size() + weights.decoderBias.size();
    for (const LayerWeights& layer : weights.layers)
        count += layer.input.size() + layer.output.size() + 4 * layer.queryScale.size();
    return count * sizeof(float);
}

tl::unexpected<Error> noTrace(std::uint64_t trace) {
    return fail(ErrorCode::NotFound,
                "trace " + std::to_string(trace) + ": not kept, or released; run the text again");
}

} // namespace

GauModel::GauModel(ModelContext model, ModelWeights weights, Precision precision, int threads)
    : m_model(std::move(model))
    , m_weights(std::make_shared<const ModelWeights>(std::move(weights))) {
    m_model.threads = threads > 0 ? threads : usableCores();
    m_model.weightBytes = bytesOf(*m_weights);
    if (precision == Precision::Double)
        (void)stack<double>();
    else
        (void)stack<float>();
}

GauModel::~GauModel() = default;

template <class Real>
PrecisionStack<Real>& GauModel::stack() {
    auto& mine = [this]() -> auto& {
        if constexpr (std::is_same_v<Real, double>)
            return m_double;
        else
            return m_float;
    }
    ();
    if (!mine) {
        mine = std::make_unique<PrecisionStack<Real>>(m_model.config, m_weights, m_model.device);
        m_model.weightBytes += mine->network.ownBytes();
    }
    return *mine;
}

Expected<std::vector<ForwardResult>> GauModel::run(const Batch& batch, const RunOptions& options) {
    return guarded([&]() -> Expected<std::vector<ForwardResult>> {
        if (batch.size() == 0) return std::vector<ForwardResult>();
        useThreads(options.threads > 0 ? options.threads : m_model.threads);
        if (options.precision == Precision::Double && !m_model.kernels->doubles())
            return fail(ErrorCode::Unsupported, "precision double: it runs on the CPU alone, this "
                                                "model is on " +
                                                    m_model.device +
                                                    "; load it on the device 'cpu'");
        if (options.precision == Precision::Double)
            return runBatch(m_model, stack<double>(), m_nextTrace, batch, options);
        return runBatch(m_model, stack<float>(), m_nextTrace, batch, options);
    });
}

Expected<ForwardResult> GauModel::forward(const std::vector<std::int32_t>& ids,
                                          const std::vector<std::uint8_t>& openKey,
                                          const Plan& plan, const RunOptions& options) {
    auto results = run({{&ids}, {&openKey}, {&plan}, false}, options);
    if (!results) return tl::unexpected(results.error());
    return std::move(results->front());
}

Expected<std::vector<ForwardResult>>
GauModel::forwardBatch(const std::vector<std::vector<std::int32_t>>& ids,
                       const std::vector<std::vector<std::uint8_t>>& openKeys, const Plan& plan,
                       const RunOptions& options) {
    if (!openKeys.empty() && openKeys.size() != ids.size())
        return fail(ErrorCode::Mismatch, "batch: " + std::to_string(ids.size()) + " texts, but " +
                                             std::to_string(openKeys.size()) +
                                             " rows of padding marks; expected as many, or none");
    Batch batch;
    for (std::size_t t = 0; t < ids.size(); ++t) {
        batch.ids.push_back(&ids[t]);
        batch.openKeys.push_back(openKeys.empty() ? &nothingHidden : &openKeys[t]);
        batch.plans.push_back(&plan);
    }
    return run(batch, options);
}

Expected<std::vector<ForwardResult>>
GauModel::forwardPlans(const std::vector<std::int32_t>& ids,
                       const std::vector<std::uint8_t>& openKey, const std::vector<Plan>& plans,
                       const RunOptions& options) {
    Batch batch;
    batch.sameInput = true;
    for (const Plan& plan : plans) {
        batch.ids.push_back(&ids);
        batch.openKeys.push_back(&openKey);
        batch.plans.push_back(&plan);
    }
    return run(batch, options);
}

template <class Real>
Expected<TraceView<Real>> GauModel::view(PrecisionStack<Real>& stack, const Trace<Real>& trace,
                                         const Plan* whatIf,
                                         const std::vector<std::uint8_t>& hiddenKeys) {
    if (auto fits = checkHidden(hiddenKeys, trace.length()); !fits)
        return tl::unexpected(fits.error());
    Lens<Real> lens{nullptr, hiddenKeys};
    if (whatIf) {
        if (auto fits = checkPlan(*whatIf, trace.length(), m_model.config); !fits)
            return tl::unexpected(fits.error());
        lens.tables = stack.plans.tables(*whatIf);
    }
    return TraceView<Real>{{stack.network, *m_model.kernels}, trace, std::move(lens)};
}

template <class Work>
auto GauModel::onTrace(std::uint64_t trace, const Plan* whatIf,
                       const std::vector<std::uint8_t>& hiddenKeys, const Work& work) {
    using Answer = decltype(work(std::declval<TraceView<float>>()));
    return guarded([&]() -> Answer {
        useThreads(m_model.threads);
        const auto in = [&](auto& stack) -> Answer {
            const auto found = stack->traces.find(trace);
            const auto view = this->view(*stack, found->second, whatIf, hiddenKeys);
            if (!view) return tl::unexpected(view.error());
            return work(*view);
        };
        if (m_float && m_float->traces.contains(trace)) return in(m_float);
        if (m_double && m_double->traces.contains(trace)) return in(m_double);
        return noTrace(trace);
    });
}

Expected<Region> GauModel::region(const RegionRequest& request) {
    return onTrace(request.trace, request.whatIf, request.hiddenKeys,
                   [&](const auto& view) { return viewRegion(view, request); });
}

Expected<Region> GauModel::difference(const DifferenceRequest& request) {
    const auto& hidden = request.a.hiddenKeys;
    return onTrace(request.a.trace, request.a.whatIf, hidden, [&](const auto& a) {
        return onTrace(request.traceB, nullptr, hidden, [&](const auto& b) -> Expected<Region> {
            if constexpr (std::is_same_v<decltype(a), decltype(b)>)
                return viewDifference(a, b, request);
            else
                return fail(ErrorCode::Mismatch, "difference: one trace was run in double "
                                                 "precision, the other was not; run both alike");
        });
    });
}

Expected<std::vector<float>> GauModel::queryRows(std::uint64_t trace, int layer,
                                                 const std::vector<std::int64_t>& queries,
                                                 const Plan* whatIf) {
    return onTrace(trace, whatIf, nothingHidden,
                   [&](const auto& view) { return viewQueryRows(view, layer, queries); });
}

Expected<std::vector<float>> GauModel::keyColumns(std::uint64_t trace, int layer,
                                                  const std::vector<std::int64_t>& keys,
                                                  const Plan* whatIf) {
    return onTrace(trace, whatIf, nothingHidden,
                   [&](const auto& view) { return viewKeyColumns(view, layer, keys); });
}

Expected<CellDetail> GauModel::cell(std::uint64_t trace, int layer, std::int64_t query,
                                    std::int64_t key) {
    return onTrace(trace, nullptr, nothingHidden,
                   [&](const auto& view) { return viewCell(view, layer, query, key); });
}

Expected<WhatIfResult> GauModel::whatIf(std::uint64_t trace, int layer, const Plan& plan,
                                        const std::vector<std::uint8_t>& hiddenKeys, Span rows,
                                        std::stop_token stop) {
    return onTrace(trace, &plan, hiddenKeys,
                   [&](const auto& view) { return viewWhatIf(view, layer, rows, stop); });
}

Expected<std::vector<float>> GauModel::sampleLogits(std::uint64_t trace, int layer,
                                                    std::int64_t count, std::uint64_t seed) {
    return onTrace(trace, nullptr, nothingHidden,
                   [&](const auto& view) { return viewSampleLogits(view, layer, count, seed); });
}

Estimate GauModel::estimate(std::int64_t length, int batch, const RunOptions& options) const {
    const auto answer = guarded([&]() -> Expected<Estimate> {
        useThreads(m_model.threads);
        return estimateRun(m_model, length, batch, options, false, true);
    });
    return answer ? *answer : Estimate{.fits = false};
}

void GauModel::release(std::uint64_t trace) {
    if (m_float) m_float->traces.erase(trace);
    if (m_double) m_double->traces.erase(trace);
}

} // namespace isentrope
