// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/cuda_block_pass.h"

#include "core/attention/cuda/layer_memory.h"
#include "core/model/cuda_current.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <cuda_runtime_api.h>

namespace isentrope {
namespace {

/// A point in the stream that the host can wait for.
class Event {
public:
    explicit Event(const OnDevice& here) {
        here.check(cudaEventCreateWithFlags(&m_event, cudaEventDisableTiming));
    }
    ~Event() { (void)cudaEventDestroy(m_event); }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    void record(const OnDevice& here) { here.check(cudaEventRecord(m_event, here.stream())); }
    void wait(const OnDevice& here) const { here.check(cudaEventSynchronize(m_event)); }

private:
    cudaEvent_t m_event = nullptr;
};

std::vector<std::int64_t> boundsOf(const std::vector<Span>& spans, std::int64_t length) {
    std::vector<std::int64_t> bounds;
    for (const Span& span : spans) {
        bounds.push_back(std::clamp<std::int64_t>(span.begin, 0, length));
        bounds.push_back(std::clamp<std::int64_t>(span.end, bounds.back(), length));
    }
    return bounds;
}

class CudaBlockPass : public BlockPass<float> {
public:
    CudaBlockPass(std::shared_ptr<const UploadedPlan> plan, const RowPlan<float>& shape,
                  std::vector<std::uint8_t> openKey, const StatisticsOptions& options, int device);

    void run(const RowBlock<float>& block, std::uint16_t* bfloat) override;
    void collect() override;
    PassResult<float> finish() override;

private:
    [[nodiscard]] std::uint8_t* memory() const {
        return static_cast<std::uint8_t*>(m_memory.data_ptr());
    }

    std::shared_ptr<const UploadedPlan> m_plan;
    std::vector<std::uint8_t> m_openKey;
    LayerMemory m_layer;
    int m_device;
    at::Tensor m_memory, m_bounds;
    at::Tensor m_host; // pinned; there once collect() was called
    std::unique_ptr<Event> m_copied;
};

CudaBlockPass::CudaBlockPass(std::shared_ptr<const UploadedPlan> plan, const RowPlan<float>& shape,
                             std::vector<std::uint8_t> openKey, const StatisticsOptions& options,
                             int device)
    : m_plan(std::move(plan))
    , m_openKey(std::move(openKey))
    , m_layer(shape, options)
    , m_device(device) {
    const at::Device place(at::kCUDA, static_cast<c10::DeviceIndex>(device));
    m_memory = at::empty({m_layer.bytes()}, at::TensorOptions().dtype(at::kByte).device(place));
    m_memory.slice(0, 0, m_layer.sumBytes()).zero_();
    m_memory.slice(0, m_layer.sumBytes(), m_layer.bytes()).fill_(255);
    if (options.spans.empty()) return;
    const std::vector<std::int64_t> bounds = boundsOf(options.spans, shape.length);
    Upload upload;
    (void)upload.add(std::span(bounds));
    m_bounds = upload.send(device);
}

void CudaBlockPass::run(const RowBlock<float>& block, std::uint16_t* bfloat) {
    const OnDevice here(m_device);
    cuda::DeviceBlock there;
    there.similarity = block.values;
    there.stride = block.stride;
    there.firstRow = block.firstRow;
    there.rows = block.rows;
    there.columns = block.columns;
    // Beside bfloat16 the weights in fp32 serve the sums over rows alone.
    if (!bfloat || m_layer.gathers()) there.weights = block.values;
    there.weightsBf16 = bfloat;
    cuda::DeviceStatistics statistics = m_layer.statistics(memory());
    if (m_bounds.defined())
        statistics.bounds = static_cast<const std::int64_t*>(m_bounds.data_ptr());
    here.check(cuda::launchRowPass(m_plan->plan, statistics, there, here.stream()));
    if (!m_layer.gathers()) return;
    cuda::DevicePooling pooling = m_layer.pooling(memory());
    pooling.openRow = m_plan->plan.openKey;
    here.check(cuda::launchPooling(pooling, there, here.stream()));
}

void CudaBlockPass::collect() {
    const OnDevice here(m_device);
    m_host = at::empty({m_layer.bytes()}, at::TensorOptions().dtype(at::kByte).pinned_memory(true));
    m_host.copy_(m_memory, true);
    m_copied = std::make_unique<Event>(here);
    m_copied->record(here);
    m_memory.reset(); // LibTorch hands it out again in the order of the stream
}

PassResult<float> CudaBlockPass::finish() {
    if (!m_copied) collect();
    m_copied->wait(OnDevice(m_device));
    LayerRead read = m_layer.result(static_cast<const std::uint8_t*>(m_host.data_ptr()), m_openKey);
    return {std::move(read.statistics), std::move(read.logSumExp), std::move(read.rowScale),
            std::move(read.profiles), std::move(read.overview)};
}

} // namespace

std::unique_ptr<BlockPass<float>> cudaBlockPass(std::shared_ptr<const UploadedPlan> plan,
                                                const RowPlan<float>& shape,
                                                std::vector<std::uint8_t> openKey,
                                                const StatisticsOptions& options, int device) {
    return std::make_unique<CudaBlockPass>(std::move(plan), shape, std::move(openKey), options,
                                           device);
}

} // namespace isentrope
