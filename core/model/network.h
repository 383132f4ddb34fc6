// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/checkpoint.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace isentrope {

/// The learned parts of GAU-alpha in the precision Real on one device: everything of a layer but
/// attention itself. D: hidden, e: intermediate, d: key size; h is rows x D.
template <class Real>
class Network {
public:
    Network(const ModelConfig& config, std::shared_ptr<const ModelWeights> weights,
            const std::string& device);
    ~Network();

    [[nodiscard]] const ModelConfig& config() const;
    [[nodiscard]] const std::string& device() const;
    /// Bytes of weights that this precision holds beside the host's copy.
    [[nodiscard]] std::uint64_t ownBytes() const;

    /// norm(word[ids] + tokenType[0]): rows x D.
    [[nodiscard]] at::Tensor embed(const std::vector<std::int32_t>& ids) const;
    /// silu(h W^T + b) for v and z side by side, into rows x (e + d).
    void valuesAndKeys(std::int64_t layer, const at::Tensor& h, at::Tensor& into) const;
    /// out = norm(h + W_o (silu(h W_u^T + b) * attended) + b_o); out may be h.
    void advance(std::int64_t layer, const at::Tensor& h, const at::Tensor& attended,
                 at::Tensor& out) const;
    /// q or k of rows of z: scaled by gamma, shifted where the model has offsets.
    [[nodiscard]] at::Tensor queries(std::int64_t layer, const at::Tensor& z) const;
    [[nodiscard]] at::Tensor keys(std::int64_t layer, const at::Tensor& z) const;
    /// rows x vocabulary.
    [[nodiscard]] at::Tensor logits(const at::Tensor& h) const;

private:
    struct State;
    std::unique_ptr<const State> m_state;
};

extern template class Network<float>;
extern template class Network<double>;

} // namespace isentrope
