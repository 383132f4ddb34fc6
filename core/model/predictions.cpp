// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/predictions.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <numeric>

namespace isentrope {
namespace {

/// Rows of output logits that are made at once.
constexpr std::int64_t rowsAtOnce = 128;

std::vector<std::int64_t> wantedRows(const RunOptions& options, std::int64_t length) {
    if (!options.allLogits) return options.logitRows;
    std::vector<std::int64_t> rows(static_cast<std::size_t>(length));
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
}

void appendLogits(const at::Tensor& logits, std::vector<float>& to) {
    const at::Tensor host = logits.to(at::kCPU, at::kFloat).contiguous();
    const auto* values = static_cast<const float*>(host.data_ptr());
    to.insert(to.end(), values, values + host.numel());
}

void appendBest(const at::Tensor& logits, int count, std::vector<std::vector<Prediction>>& to) {
    const auto most = std::min<std::int64_t>(count, logits.size(1));
    const auto best = at::softmax(logits, -1).topk(most, -1);
    const at::Tensor shares = std::get<0>(best).to(at::kCPU, at::kFloat).contiguous();
    const at::Tensor ids = std::get<1>(best).to(at::kCPU).contiguous();
    const auto* share = static_cast<const float*>(shares.data_ptr());
    const auto* id = static_cast<const std::int64_t*>(ids.data_ptr());
    for (std::int64_t row = 0; row < logits.size(0); ++row) {
        std::vector<Prediction>& line = to.emplace_back();
        for (std::int64_t place = 0; place < most; ++place, ++share, ++id)
            line.push_back({static_cast<std::int32_t>(*id), *share});
    }
}

} // namespace

template <class Real>
void predict(const Network<Real>& network, const at::Tensor& h, const RunOptions& options,
             const ProgressMeter& progress, std::vector<float>& logits,
             std::vector<std::vector<Prediction>>& predictions) {
    const std::vector<std::int64_t> rows = wantedRows(options, h.size(0));
    const auto count = static_cast<std::int64_t>(rows.size());
    if (options.topPredictions <= 0)
        logits.reserve(rows.size() * static_cast<std::size_t>(network.config().vocabulary));
    for (std::int64_t begin = 0; begin < count; begin += rowsAtOnce) {
        progress.checkpoint();
        const std::int64_t now = std::min(rowsAtOnce, count - begin);
        const at::Tensor index =
            at::from_blob(const_cast<std::int64_t*>(rows.data() + begin), {now}, at::kLong)
                .to(h.device());
        const at::Tensor values = network.logits(h.index_select(0, index));
        if (options.topPredictions > 0)
            appendBest(values, options.topPredictions, predictions);
        else
            appendLogits(values, logits);
    }
}

template void predict(const Network<float>&, const at::Tensor&, const RunOptions&,
                      const ProgressMeter&, std::vector<float>&,
                      std::vector<std::vector<Prediction>>&);
template void predict(const Network<double>&, const at::Tensor&, const RunOptions&,
                      const ProgressMeter&, std::vector<float>&,
                      std::vector<std::vector<Prediction>>&);

} // namespace isentrope
