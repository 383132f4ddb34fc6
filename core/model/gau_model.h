// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"
#include "core/model/batch_run.h"
#include "core/model/model_context.h"
#include "core/model/precision_stack.h"
#include "core/model/views.h"

#include <memory>
#include <string>

namespace isentrope {

/// A GAU-alpha model on a device whose blocks these kernels go over.
class GauModel : public Model {
public:
    /// `model` without threads and weightBytes; throws what LibTorch throws.
    GauModel(ModelContext model, ModelWeights weights, Precision precision, int threads);
    ~GauModel() override;

    Expected<ForwardResult> forward(const std::vector<std::int32_t>& ids,
                                    const std::vector<std::uint8_t>& openKey, const Plan& plan,
                                    const RunOptions& options) override;
    Expected<std::vector<ForwardResult>>
    forwardBatch(const std::vector<std::vector<std::int32_t>>& ids,
                 const std::vector<std::vector<std::uint8_t>>& openKeys, const Plan& plan,
                 const RunOptions& options) override;
    Expected<std::vector<ForwardResult>> forwardPlans(const std::vector<std::int32_t>& ids,
                                                      const std::vector<std::uint8_t>& openKey,
                                                      const std::vector<Plan>& plans,
                                                      const RunOptions& options) override;

    Expected<Region> region(const RegionRequest& request) override;
    Expected<Region> difference(const DifferenceRequest& request) override;
    Expected<std::vector<float>> queryRows(std::uint64_t trace, int layer,
                                           const std::vector<std::int64_t>& queries,
                                           const Plan* whatIf) override;
    Expected<std::vector<float>> keyColumns(std::uint64_t trace, int layer,
                                            const std::vector<std::int64_t>& keys,
                                            const Plan* whatIf) override;
    Expected<CellDetail> cell(std::uint64_t trace, int layer, std::int64_t query,
                              std::int64_t key) override;
    Expected<WhatIfResult> whatIf(std::uint64_t trace, int layer, const Plan& plan,
                                  const std::vector<std::uint8_t>& hiddenKeys, Span rows,
                                  std::stop_token stop) override;
    Expected<std::vector<float>> sampleLogits(std::uint64_t trace, int layer, std::int64_t count,
                                              std::uint64_t seed) override;

    [[nodiscard]] Estimate estimate(std::int64_t length, int batch,
                                    const RunOptions& options) const override;
    void release(std::uint64_t trace) override;

private:
    template <class Real>
    PrecisionStack<Real>& stack();
    Expected<std::vector<ForwardResult>> run(const Batch& batch, const RunOptions& options);
    template <class Real>
    Expected<TraceView<Real>> view(PrecisionStack<Real>& stack, const Trace<Real>& trace,
                                   const Plan* whatIf, const std::vector<std::uint8_t>& hiddenKeys);
    /// `work(view)` on the trace in the precision that it was made in.
    template <class Work>
    auto onTrace(std::uint64_t trace, const Plan* whatIf,
                 const std::vector<std::uint8_t>& hiddenKeys, const Work& work);

    ModelContext m_model;
    std::shared_ptr<const ModelWeights> m_weights;
    std::unique_ptr<PrecisionStack<float>> m_float;
    std::unique_ptr<PrecisionStack<double>> m_double;
    std::uint64_t m_nextTrace = 1;
};

} // namespace isentrope
