// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/plain_torch.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <algorithm>
#include <cmath>

namespace isentrope::bench {
namespace {

at::Tensor tensor(const std::vector<float>& values, at::IntArrayRef shape) {
    return at::from_blob(const_cast<float*>(values.data()), shape, at::kFloat);
}

at::Tensor normalised(const at::Tensor& x) {
    return x / (x.square().mean(-1, true) + 1e-12).sqrt();
}

at::Tensor rotated(const at::Tensor& x, const at::Tensor& cosine, const at::Tensor& sine) {
    const at::Tensor even = x.slice(1, 0, x.size(1), 2), odd = x.slice(1, 1, x.size(1), 2);
    return at::cat({even * cosine - odd * sine, even * sine + odd * cosine}, 1);
}

/// Pools a map to at most 1024 x 1024.
void overview(const at::Tensor& weights) {
    const std::int64_t stride = (weights.size(0) + 1023) / 1024;
    const at::Tensor map = weights.unsqueeze(0).unsqueeze(0);
    (void)at::avg_pool2d(map, {stride, stride}, {stride, stride}, 0, true);
    (void)at::max_pool2d(map, {stride, stride}, {stride, stride}, 0, 1, true);
}

void statistics(const at::Tensor& logits, const at::Tensor& weights, const at::Tensor& distance) {
    (void)at::logsumexp(logits, {-1});
    const at::Tensor information = weights * (weights + 1e-30).log();
    (void)information.sum(-1);
    (void)weights.max(-1);
    (void)(weights * distance.le(100)).sum(-1);
    (void)weights.slice(1, 0, 4).sum(-1);
    (void)(weights * distance).sum(-1);
    for (std::int64_t from = 1; from < weights.size(0); from *= 10) {
        const at::Tensor inside = distance.ge(from).logical_and(distance.lt(10 * from));
        const at::Tensor mass = (weights * inside).sum(-1);
        (void)(mass.log() - (information * inside).sum(-1) / mass);
    }
    (void)weights.mean(0);
    overview(weights);
}

} // namespace

void plainForward(const ModelConfig& config, const ModelWeights& weights,
                  const std::vector<std::int32_t>& ids) {
    const auto n = static_cast<std::int64_t>(ids.size());
    const std::int64_t e = config.intermediate, d = config.keySize;
    const at::Tensor position = at::arange(n, at::kDouble).unsqueeze(1);
    const at::Tensor plane = at::arange(d / 2, at::kDouble).unsqueeze(0);
    const at::Tensor angle =
        position * (plane * (-2.0 / static_cast<double>(d)) * std::log(1e4)).exp();
    const at::Tensor cosine = angle.cos().to(at::kFloat), sine = angle.sin().to(at::kFloat);
    const at::Tensor distance = (position - position.t()).abs().to(at::kFloat);

    const at::Tensor index =
        at::from_blob(const_cast<std::int32_t*>(ids.data()), {n}, at::kInt).to(at::kLong);
    const at::Tensor words = tensor(weights.embedding, {config.vocabulary, config.hidden});
    const at::Tensor types = tensor(weights.tokenType, {config.tokenTypes, config.hidden});
    at::Tensor h = normalised(words.index_select(0, index) + types.select(0, 0));
    for (const LayerWeights& layer : weights.layers) {
        const at::Tensor input = tensor(layer.input, {2 * e + d, config.hidden});
        const auto parts = at::silu(at::mm(h, input.t())).split_with_sizes({e, e, d}, 1);
        const at::Tensor q = rotated(parts[2] * tensor(layer.queryScale, {d}), cosine, sine);
        const at::Tensor k = rotated(parts[2] * tensor(layer.keyScale, {d}), cosine, sine);
        const at::Tensor logits = at::mm(q, k.t()) / std::sqrt(static_cast<double>(d));
        const at::Tensor map = at::softmax(logits, -1);
        statistics(logits, map, distance);
        const at::Tensor out =
            at::mm(parts[0] * at::mm(map, parts[1]), tensor(layer.output, {config.hidden, e}).t());
        h = normalised(h + out);
    }
}

void productsAlone(const ModelConfig& config, std::int64_t length, std::int64_t blockRows) {
    const std::int64_t e = config.intermediate, d = config.keySize, hidden = config.hidden;
    const std::int64_t rows = std::min(blockRows, length);
    const at::Tensor h = at::rand({length, hidden}), q = at::rand({length, d});
    const at::Tensor valueWeight = at::rand({e + d, hidden}), gateWeight = at::rand({e, hidden});
    const at::Tensor outWeight = at::rand({hidden, e});
    at::Tensor values = at::empty({length, e + d}), map = at::zeros({rows, length});
    at::Tensor wide = at::empty({rows, e}), narrow = at::empty({rows, hidden});
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        at::mm_out(values, h, valueWeight.t());
        for (std::int64_t row = 0; row + rows <= length; row += rows) {
            at::mm_out(map, q.slice(0, row, row + rows), q.t());
            at::mm_out(wide, map, values.slice(1, 0, e));
            at::mm_out(wide, h.slice(0, row, row + rows), gateWeight.t());
            at::mm_out(narrow, wide, outWeight.t());
        }
    }
}

void useThreads(int count) {
    at::set_num_threads(count);
}

} // namespace isentrope::bench
