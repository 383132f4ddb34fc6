// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/calibration.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>

namespace isentrope {
namespace {

/// Seconds of the fastest of a few runs; the first ones warm up.
template <class Work>
double fastest(const Work& work) {
    double best = 1e9;
    for (int run = 0; run < 4; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        best = std::min(best, took.count());
    }
    return std::max(best, 1e-9);
}

/// Reads one number back, which waits for a device that works on its own.
void finish(const at::Tensor& tensor) {
    (void)tensor.select(0, 0).select(0, 0).item<float>();
}

double productSpeed(const at::TensorOptions& options) {
    constexpr std::int64_t rows = 256, inner = 1024, columns = 1536;
    const at::Tensor left = at::rand({rows, inner}, options);
    const at::Tensor right = at::rand({inner, columns}, options);
    at::Tensor out = at::empty({rows, columns}, options);
    const double seconds = fastest([&] {
        at::mm_out(out, left, right);
        finish(out);
    });
    return 2.0 * rows * inner * columns / seconds;
}

double passSpeed(const Kernels& kernels, const at::TensorOptions& options) {
    constexpr std::int64_t rows = 128, columns = 2048;
    RowPlan<float> plan;
    plan.length = columns;
    const at::Tensor similarities = at::rand({rows, columns}, options);
    at::Tensor block = at::empty({rows, columns}, options);
    const double seconds = fastest([&] {
        block.copy_(similarities);
        const auto pass = kernels.blockPass(plan, {}, StatisticsOptions());
        pass->run({static_cast<float*>(block.data_ptr()), columns, 0, rows, columns}, nullptr);
        finish(block);
    });
    return static_cast<double>(rows * columns) / seconds;
}

} // namespace

Speed measuredSpeed(const Kernels& kernels, const std::string& device, int threads) {
    static std::mutex mutex;
    static std::map<std::pair<std::string, int>, Speed> known;
    const std::scoped_lock lock(mutex);
    const auto [entry, isNew] = known.try_emplace({device, threads});
    if (isNew) {
        const auto options = at::TensorOptions().dtype(at::kFloat).device(at::Device(device));
        entry->second = {productSpeed(options), passSpeed(kernels, options)};
    }
    return entry->second;
}

} // namespace isentrope
