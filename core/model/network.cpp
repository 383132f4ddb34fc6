// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/network.h"

#include <ATen/ATen.h>

namespace isentrope {
namespace {

/// The weights of one layer as tensors; undefined where the model has no such bias.
struct PlacedLayer {
    at::Tensor gate, gateBias;     // e x D: u
    at::Tensor values, valuesBias; // (e + d) x D: v and z
    at::Tensor output, outputBias; // D x e
    at::Tensor queryScale, queryOffset, keyScale, keyOffset;
};

/// Views the host's memory where type and device allow, else converts; empty gives no tensor.
class Placer {
public:
    Placer(at::ScalarType type, at::Device device)
        : m_type(type)
        , m_device(device) {}

    at::Tensor operator()(const std::vector<float>& values, at::IntArrayRef shape) {
        if (values.empty()) return {};
        // LibTorch has no view of constant memory; nothing writes through this one.
        const at::Tensor host = at::from_blob(const_cast<float*>(values.data()), shape, at::kFloat);
        at::Tensor placed = host.to(m_device, m_type);
        if (placed.data_ptr() != host.data_ptr()) m_bytes += placed.nbytes();
        return placed;
    }
    [[nodiscard]] std::uint64_t bytes() const { return m_bytes; }

private:
    at::ScalarType m_type;
    at::Device m_device;
    std::uint64_t m_bytes = 0;
};

at::Tensor rowsFrom(const at::Tensor& tensor, std::int64_t begin, std::int64_t end) {
    return tensor.defined() ? tensor.slice(0, begin, end) : tensor;
}

PlacedLayer placeLayer(Placer& place, const LayerWeights& weights, const ModelConfig& config) {
    const std::int64_t e = config.intermediate, d = config.keySize, all = 2 * e + d;
    const at::Tensor input = place(weights.input, {all, config.hidden});
    const at::Tensor inputBias = place(weights.inputBias, {all});
    PlacedLayer layer;
    layer.gate = rowsFrom(input, 0, e);
    layer.gateBias = rowsFrom(inputBias, 0, e);
    layer.values = rowsFrom(input, e, all);
    layer.valuesBias = rowsFrom(inputBias, e, all);
    layer.output = place(weights.output, {config.hidden, e});
    layer.outputBias = place(weights.outputBias, {config.hidden});
    layer.queryScale = place(weights.queryScale, {d});
    layer.queryOffset = place(weights.queryOffset, {d});
    layer.keyScale = place(weights.keyScale, {d});
    layer.keyOffset = place(weights.keyOffset, {d});
    return layer;
}

void affineInto(at::Tensor& out, const at::Tensor& x, const at::Tensor& weight,
                const at::Tensor& bias) {
    if (bias.defined())
        at::addmm_out(out, bias, x, weight.t());
    else
        at::mm_out(out, x, weight.t());
}

at::Tensor affine(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    at::Tensor out = at::empty({x.size(0), weight.size(0)}, x.options());
    affineInto(out, x, weight, bias);
    return out;
}

/// x / sqrt(mean(x^2) + eps) of every row, in place.
void normalise(at::Tensor& x, double epsilon) {
    x.div_(x.square().mean(-1, true).add_(epsilon).sqrt_());
}

at::Tensor scaleAndShift(const at::Tensor& z, const at::Tensor& scale, const at::Tensor& offset) {
    return offset.defined() ? at::addcmul(offset, z, scale) : z * scale;
}

} // namespace

template <class Real>
struct Network<Real>::State {
    ModelConfig config;
    std::shared_ptr<const ModelWeights> weights; // what float tensors on the host point into
    std::string device;
    at::Tensor embedding, tokenType, decoder, decoderBias;
    std::vector<PlacedLayer> layers;
    std::uint64_t bytes = 0;
};

template <class Real>
Network<Real>::Network(const ModelConfig& config, std::shared_ptr<const ModelWeights> weights,
                       const std::string& device) {
    auto state = std::make_unique<State>();
    Placer place(c10::CppTypeToScalarType<Real>::value, at::Device(device));
    state->embedding = place(weights->embedding, {config.vocabulary, config.hidden});
    state->tokenType = place(weights->tokenType, {config.tokenTypes, config.hidden}).select(0, 0);
    state->decoder = weights->decoder.empty()
                         ? state->embedding
                         : place(weights->decoder, {config.vocabulary, config.hidden});
    state->decoderBias = place(weights->decoderBias, {config.vocabulary});
    for (const LayerWeights& layer : weights->layers)
        state->layers.push_back(placeLayer(place, layer, config));
    state->bytes = place.bytes();
    state->config = config;
    state->weights = std::move(weights);
    state->device = device;
    m_state = std::move(state);
}

template <class Real>
Network<Real>::~Network() = default;

template <class Real>
const ModelConfig& Network<Real>::config() const {
    return m_state->config;
}

template <class Real>
const std::string& Network<Real>::device() const {
    return m_state->device;
}

template <class Real>
std::uint64_t Network<Real>::ownBytes() const {
    return m_state->bytes;
}

template <class Real>
at::Tensor Network<Real>::embed(const std::vector<std::int32_t>& ids) const {
    const auto count = static_cast<std::int64_t>(ids.size());
    const at::Tensor index = at::from_blob(const_cast<std::int32_t*>(ids.data()), {count}, at::kInt)
                                 .to(m_state->embedding.device(), at::kLong);
    at::Tensor h = m_state->embedding.index_select(0, index);
    h.add_(m_state->tokenType);
    normalise(h, m_state->config.normEpsilon);
    return h;
}

template <class Real>
void Network<Real>::valuesAndKeys(std::int64_t layer, const at::Tensor& h, at::Tensor& into) const {
    const PlacedLayer& weights = m_state->layers[static_cast<std::size_t>(layer)];
    affineInto(into, h, weights.values, weights.valuesBias);
    at::silu_(into);
}

template <class Real>
void Network<Real>::advance(std::int64_t layer, const at::Tensor& h, const at::Tensor& attended,
                            at::Tensor& out) const {
    const PlacedLayer& weights = m_state->layers[static_cast<std::size_t>(layer)];
    at::Tensor gate = affine(h, weights.gate, weights.gateBias);
    at::silu_(gate).mul_(attended);
    at::Tensor sum = affine(gate, weights.output, weights.outputBias);
    sum.add_(h);
    normalise(sum, m_state->config.normEpsilon);
    out.copy_(sum);
}

template <class Real>
at::Tensor Network<Real>::queries(std::int64_t layer, const at::Tensor& z) const {
    const PlacedLayer& weights = m_state->layers[static_cast<std::size_t>(layer)];
    return scaleAndShift(z, weights.queryScale, weights.queryOffset);
}

template <class Real>
at::Tensor Network<Real>::keys(std::int64_t layer, const at::Tensor& z) const {
    const PlacedLayer& weights = m_state->layers[static_cast<std::size_t>(layer)];
    return scaleAndShift(z, weights.keyScale, weights.keyOffset);
}

template <class Real>
at::Tensor Network<Real>::logits(const at::Tensor& h) const {
    return affine(h, m_state->decoder, m_state->decoderBias);
}

template class Network<float>;
template class Network<double>;

} // namespace isentrope
