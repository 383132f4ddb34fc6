// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/model/plain_forward.h"

#include <cmath>

namespace isentrope::reference {
namespace {

/// x W^T + b, W out x in as PyTorch stores it.
Matrix dense(const Matrix& x, const std::vector<float>& weight, const std::vector<float>& bias,
             std::int64_t outputs) {
    Matrix y(x.rows, outputs);
    for (std::int64_t row = 0; row < x.rows; ++row)
        for (std::int64_t out = 0; out < outputs; ++out) {
            double sum =
                bias.empty() ? 0.0 : static_cast<double>(bias[static_cast<std::size_t>(out)]);
            for (std::int64_t in = 0; in < x.columns; ++in)
                sum += x.at(row, in) *
                       static_cast<double>(weight[static_cast<std::size_t>(out * x.columns + in)]);
            y.at(row, out) = sum;
        }
    return y;
}

Matrix columnsOf(const Matrix& x, std::int64_t begin, std::int64_t count) {
    Matrix part(x.rows, count);
    for (std::int64_t row = 0; row < x.rows; ++row)
        for (std::int64_t column = 0; column < count; ++column)
            part.at(row, column) = x.at(row, begin + column);
    return part;
}

void silu(Matrix& x) {
    for (double& value : x.values)
        value /= 1 + std::exp(-value);
}

void normalise(Matrix& x, double epsilon) {
    for (std::int64_t row = 0; row < x.rows; ++row) {
        double squares = 0;
        for (std::int64_t column = 0; column < x.columns; ++column)
            squares += x.at(row, column) * x.at(row, column);
        const double size = std::sqrt(squares / static_cast<double>(x.columns) + epsilon);
        for (std::int64_t column = 0; column < x.columns; ++column)
            x.at(row, column) /= size;
    }
}

Matrix embed(const ModelConfig& config, const ModelWeights& weights,
             const std::vector<std::int32_t>& ids) {
    Matrix h(static_cast<std::int64_t>(ids.size()), config.hidden);
    for (std::int64_t row = 0; row < h.rows; ++row)
        for (std::int64_t column = 0; column < h.columns; ++column) {
            const auto word = ids[static_cast<std::size_t>(row)] * config.hidden + column;
            h.at(row, column) =
                static_cast<double>(weights.embedding[static_cast<std::size_t>(word)]) +
                static_cast<double>(weights.tokenType[static_cast<std::size_t>(column)]);
        }
    normalise(h, config.normEpsilon);
    return h;
}

Matrix scaledAndShifted(const Matrix& z, const std::vector<float>& scale,
                        const std::vector<float>& offset) {
    Matrix x = scaled(z, {scale.begin(), scale.end()});
    if (offset.empty()) return x;
    for (std::int64_t row = 0; row < x.rows; ++row)
        for (std::int64_t column = 0; column < x.columns; ++column)
            x.at(row, column) += static_cast<double>(offset[static_cast<std::size_t>(column)]);
    return x;
}

/// u * (A v)
Matrix gated(const Matrix& u, const Matrix& weights, const Matrix& v) {
    Matrix out(u.rows, u.columns);
    for (std::int64_t row = 0; row < u.rows; ++row)
        for (std::int64_t key = 0; key < weights.columns; ++key)
            for (std::int64_t column = 0; column < u.columns; ++column)
                out.at(row, column) += weights.at(row, key) * v.at(key, column);
    for (std::size_t cell = 0; cell < out.values.size(); ++cell)
        out.values[cell] *= u.values[cell];
    return out;
}

} // namespace

Attention attentionOf(const LayerWeights& layer, const Matrix& z,
                      const std::vector<std::uint8_t>& openKey, const Plan& plan,
                      const StatisticsOptions& options) {
    return attend(scaledAndShifted(z, layer.queryScale, layer.queryOffset),
                  scaledAndShifted(z, layer.keyScale, layer.keyOffset), plan, openKey, options);
}

Forward forward(const ModelConfig& config, const ModelWeights& weights,
                const std::vector<std::int32_t>& ids, const std::vector<std::uint8_t>& openKey,
                const Plan& plan, const StatisticsOptions& options) {
    const std::int64_t e = config.intermediate, d = config.keySize;
    Forward result;
    Matrix h = embed(config, weights, ids);
    for (const LayerWeights& layer : weights.layers) {
        Matrix x = dense(h, layer.input, layer.inputBias, 2 * e + d);
        silu(x);
        const Matrix z = columnsOf(x, 2 * e, d);
        Attention attention = attentionOf(layer, z, openKey, plan, options);
        const Matrix out = dense(gated(columnsOf(x, 0, e), attention.weights, columnsOf(x, e, e)),
                                 layer.output, layer.outputBias, config.hidden);
        for (std::size_t cell = 0; cell < h.values.size(); ++cell)
            h.values[cell] += out.values[cell];
        normalise(h, config.normEpsilon);
        result.z.push_back(z);
        result.attentions.push_back(std::move(attention));
    }
    result.logits = dense(h, weights.decoder.empty() ? weights.embedding : weights.decoder,
                          weights.decoderBias, config.vocabulary);
    return result;
}

} // namespace isentrope::reference
