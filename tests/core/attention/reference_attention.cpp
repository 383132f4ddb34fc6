// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/attention/reference_attention.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace isentrope::reference {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double signOf(double value) {
    return value > 0 ? 1 : value < 0 ? -1 : 0;
}

bool insideWindow(const MaskPlan& mask, std::int64_t i, std::int64_t j) {
    return !mask.window || std::abs(i - j) <= *mask.window;
}

bool isOpen(const MaskPlan& mask, std::int64_t i, std::int64_t j) {
    return insideWindow(mask, i, j) || j < mask.sinks || i < mask.sinks;
}

double positionOfSink(const MaskPlan& mask, std::int64_t i, std::int64_t j) {
    const auto w = static_cast<double>(*mask.window);
    if (mask.farSinks == MaskPlan::FarSinks::Capped) return i > j ? w : -w;
    const double distance = w + static_cast<double>(mask.sinks - (j < mask.sinks ? j : i));
    return i > j ? distance : -distance;
}

bool standsAsSink(const MaskPlan& mask, std::int64_t i, std::int64_t j) {
    return !insideWindow(mask, i, j) && isOpen(mask, i, j) &&
           mask.farSinks != MaskPlan::FarSinks::Absolute;
}

std::vector<double> rowOf(const Matrix& matrix, std::int64_t row, const Similarity& similarity) {
    std::vector<double> values;
    double square = 0;
    for (std::int64_t c = 0; c < matrix.columns; ++c) {
        values.push_back(matrix.at(row, c));
        square += values.back() * values.back();
    }
    if (similarity.kind == Similarity::Kind::Cosine)
        for (double& value : values)
            value /= std::sqrt(square) + 1e-9;
    return values;
}

/// < R(relative) q, k > over the planes (2p, 2p + 1).
double rotatedProduct(const std::vector<double>& q, const std::vector<double>& k, double relative,
                      const PositionPlan& position) {
    double product = 0;
    for (std::size_t p = 0; p < position.angles.size(); ++p) {
        const double angle = relative * position.angles[p];
        const double x = q[2 * p] * std::cos(angle) - q[2 * p + 1] * std::sin(angle);
        const double y = q[2 * p] * std::sin(angle) + q[2 * p + 1] * std::cos(angle);
        product += x * k[2 * p] + y * k[2 * p + 1];
    }
    return product * position.magnitude * position.magnitude;
}

/// The reference code's far branch: q rotated by w - 1 with the planes' first halves in front,
/// against k as it is.
double scrambledProduct(const std::vector<double>& q, const std::vector<double>& k,
                        const PositionPlan& position) {
    const std::size_t planes = position.angles.size();
    double product = 0;
    for (std::size_t p = 0; p < planes; ++p) {
        const double angle = (position.w - 1) * position.angles[p];
        const double x = q[2 * p] * std::cos(angle) - q[2 * p + 1] * std::sin(angle);
        const double y = q[2 * p] * std::sin(angle) + q[2 * p + 1] * std::cos(angle);
        product += x * k[p] + y * k[planes + p];
    }
    return product * position.magnitude;
}

double logitOf(const Plan& plan, double similarity, double beta, std::int64_t i, std::int64_t j) {
    const auto t = static_cast<std::size_t>(std::abs(i - j));
    double x = similarity * plan.factor * beta;
    if (!plan.rowFactor.empty()) x *= plan.rowFactor[static_cast<std::size_t>(i)];
    if (!plan.distanceFactor.empty()) x *= plan.distanceFactor[t];
    if (!plan.distanceBias.empty()) x += plan.distanceBias[t];
    return x;
}

void writeLogits(Attention& attention, const Plan& plan, const std::vector<std::uint8_t>& openKey,
                 std::int64_t i) {
    const double beta = attention.beta[static_cast<std::size_t>(i)];
    for (std::int64_t j = 0; j < attention.logits.columns; ++j) {
        const bool closed = !openKey.empty() && openKey[static_cast<std::size_t>(j)] == 0;
        attention.logits.at(i, j) = closed || !isOpen(plan.mask, i, j)
                                        ? -infinity
                                        : logitOf(plan, attention.similarity.at(i, j), beta, i, j);
    }
}

void writeWeights(Attention& attention, std::int64_t i) {
    const std::int64_t n = attention.logits.columns;
    double largest = -infinity;
    for (std::int64_t j = 0; j < n; ++j)
        largest = std::max(largest, attention.logits.at(i, j));
    if (largest == -infinity) {
        attention.logSumExp[static_cast<std::size_t>(i)] = infinity;
        return;
    }
    double sum = 0;
    for (std::int64_t j = 0; j < n; ++j)
        sum += std::exp(attention.logits.at(i, j) - largest);
    for (std::int64_t j = 0; j < n; ++j)
        attention.weights.at(i, j) = std::exp(attention.logits.at(i, j) - largest) / sum;
    attention.logSumExp[static_cast<std::size_t>(i)] = largest + std::log(sum);
}

double adaptiveBeta(const AdaptivePlan& plan, const Matrix& weights, std::int64_t i) {
    double entropy = 0;
    for (std::int64_t j = 0; j < weights.columns; ++j)
        if (weights.at(i, j) > 0) entropy -= weights.at(i, j) * std::log(weights.at(i, j));
    if (entropy <= plan.threshold) return 1;
    double beta = 0, power = 1;
    for (std::size_t k = plan.polynomial.size(); k-- > 0; power *= entropy)
        beta += plan.polynomial[k] * power;
    return std::max(beta, 1.0);
}

} // namespace

Matrix::Matrix(std::int64_t rowCount, std::int64_t columnCount)
    : rows(rowCount)
    , columns(columnCount)
    , values(static_cast<std::size_t>(rowCount * columnCount)) {}

double& Matrix::at(std::int64_t row, std::int64_t column) {
    return values[static_cast<std::size_t>(row * columns + column)];
}

double Matrix::at(std::int64_t row, std::int64_t column) const {
    return values[static_cast<std::size_t>(row * columns + column)];
}

Matrix scaled(const Matrix& z, const std::vector<double>& gamma) {
    Matrix result = z;
    for (std::size_t index = 0; index < result.values.size(); ++index)
        result.values[index] *= gamma[index % gamma.size()];
    return result;
}

double relativePosition(const Plan& plan, std::int64_t i, std::int64_t j) {
    if (standsAsSink(plan.mask, i, j)) return positionOfSink(plan.mask, i, j);
    const PositionPlan& rule = plan.position;
    const auto distance = static_cast<double>(i - j);
    if (rule.rule == PositionPlan::Rule::Plain || std::abs(distance) < rule.w) return distance;
    const double sign = signOf(distance);
    switch (rule.rule) {
    case PositionPlan::Rule::Leaky:
        return sign * (rule.w + (std::abs(distance) - rule.w) / rule.k);
    case PositionPlan::Rule::SelfExtend:
        return std::floor(static_cast<double>(i) / rule.g) -
               std::floor(static_cast<double>(j) / rule.g) +
               sign * (rule.w - std::floor(rule.w / rule.g));
    default:
        return sign * rule.w;
    }
}

Matrix similarities(const Matrix& q, const Matrix& k, const Plan& plan) {
    Matrix result(q.rows, k.rows);
    const bool cosine = plan.similarity.kind == Similarity::Kind::Cosine;
    const double scale =
        cosine ? plan.similarity.scale : 1 / std::sqrt(static_cast<double>(q.columns));
    const bool reference = plan.position.rule == PositionPlan::Rule::ReRopeRef;
    for (std::int64_t i = 0; i < q.rows; ++i) {
        for (std::int64_t j = 0; j < k.rows; ++j) {
            const std::vector<double> qi = rowOf(q, i, plan.similarity);
            const std::vector<double> kj = rowOf(k, j, plan.similarity);
            const bool far = static_cast<double>(std::abs(i - j)) >= plan.position.w;
            const double product =
                reference && far && !standsAsSink(plan.mask, i, j)
                    ? scrambledProduct(qi, kj, plan.position)
                    : rotatedProduct(qi, kj, relativePosition(plan, i, j), plan.position);
            result.at(i, j) = product * scale;
        }
    }
    return result;
}

Attention attend(const Matrix& similarity, const Plan& plan,
                 const std::vector<std::uint8_t>& openKey, const StatisticsOptions& options) {
    const std::int64_t n = similarity.rows;
    Attention result;
    result.similarity = similarity;
    result.logits = result.weights = Matrix(n, n);
    result.logSumExp.resize(static_cast<std::size_t>(n));
    result.beta.assign(static_cast<std::size_t>(n), 1);
    for (std::int64_t i = 0; i < n; ++i) {
        writeLogits(result, plan, openKey, i);
        writeWeights(result, i);
        if (!plan.adaptive) continue;
        result.beta[static_cast<std::size_t>(i)] = adaptiveBeta(*plan.adaptive, result.weights, i);
        writeLogits(result, plan, openKey, i);
        writeWeights(result, i);
    }
    measure(result, openKey, options);
    return result;
}

Attention attend(const Matrix& q, const Matrix& k, const Plan& plan,
                 const std::vector<std::uint8_t>& openKey, const StatisticsOptions& options) {
    return attend(similarities(q, k, plan), plan, openKey, options);
}

} // namespace isentrope::reference
