// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_errors.h"

#include <algorithm>
#include <cmath>

namespace isentrope::cli {
namespace {

void widen(double& largest, const std::vector<float>& a, const std::vector<float>& b,
           double scale = 1) {
    for (std::size_t at = 0; at < a.size() && at < b.size(); ++at) {
        const double difference = std::abs(static_cast<double>(a[at]) - static_cast<double>(b[at]));
        if (std::isnan(a[at]) != std::isnan(b[at]) || a.size() != b.size())
            largest = HUGE_VAL;
        else if (!std::isnan(difference))
            largest = std::max(largest, difference / scale);
    }
}

} // namespace

double Errors::largest() const {
    return std::max({logSumExp, entropy, mass, weight, logits});
}

Expected<Sample> runSample(Model& model, const std::vector<std::int32_t>& ids,
                           const std::vector<std::uint8_t>& open, const Plan& plan,
                           Precision precision) {
    RunOptions options;
    options.precision = precision;
    options.allLogits = true;
    auto result = model.forward(ids, open, plan, options);
    if (!result) return tl::unexpected(result.error());
    Sample sample{*std::move(result), {}};
    for (const LayerResult& layer : sample.result.layers) {
        RegionRequest request;
        request.trace = sample.result.trace;
        request.layers = {layer.layer};
        request.rows = request.columns = request.side = sample.result.length;
        auto region = model.region(request);
        if (!region) return tl::unexpected(region.error());
        sample.maps.push_back(std::move(region->values));
    }
    model.release(sample.result.trace);
    return sample;
}

Errors compareRuns(const Sample& a, const Sample& b, double limit) {
    Errors errors;
    errors.limit = limit;
    for (std::size_t at = 0; at < a.result.layers.size(); ++at) {
        const auto& left = a.result.layers[at].statistics;
        const auto& right = b.result.layers[at].statistics;
        widen(errors.logSumExp, left.logSumExp, right.logSumExp, 10); // logits of size 10
        widen(errors.entropy, left.entropy, right.entropy);
        widen(errors.mass, left.nearMass, right.nearMass);
        widen(errors.mass, left.rangeMass, right.rangeMass);
        widen(errors.mass, left.sinkMass, right.sinkMass);
        widen(errors.weight, a.maps[at], b.maps[at]);
    }
    widen(errors.logits, a.result.logits, b.result.logits, 10);
    return errors;
}

Errors compareTilesWithPass(const Sample& sample, double limit) {
    Errors errors;
    errors.limit = limit;
    const auto n = static_cast<std::size_t>(sample.result.length);
    for (std::size_t at = 0; at < sample.maps.size(); ++at) {
        const auto& statistics = sample.result.layers[at].statistics;
        for (std::size_t i = 0; i < n; ++i) {
            if (std::isnan(statistics.entropy[i])) continue;
            double sum = 0, entropy = 0, most = 0;
            for (std::size_t j = 0; j < n; ++j) {
                const auto weight = static_cast<double>(sample.maps[at][i * n + j]);
                sum += weight;
                most = std::max(most, weight);
                if (weight > 0) entropy -= weight * std::log(weight);
            }
            errors.mass = std::max(errors.mass, std::abs(sum - 1));
            errors.weight = std::max(errors.weight,
                                     std::abs(most - static_cast<double>(statistics.maxWeight[i])));
            errors.entropy = std::max(
                errors.entropy, std::abs(entropy - static_cast<double>(statistics.entropy[i])));
        }
    }
    return errors;
}

} // namespace isentrope::cli
