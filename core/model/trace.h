// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/plan_tables.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace isentrope {

/// What is kept of one layer: z (n x d, on the device) and two values a row.
template <class Real>
struct LayerTrace {
    int layer = 0;
    std::shared_ptr<const at::Tensor> z;
    std::vector<Real> logSumExp;
    std::vector<Real> rowScale; ///< of an adaptive plan, else empty
};

/// What is kept of one forward pass: enough to compute any rectangle of any kept layer's map.
template <class Real>
struct Trace {
    std::shared_ptr<const PlanTables<Real>> tables;
    std::vector<std::uint8_t> openKey; ///< n bytes, or empty: all open
    StatisticsOptions statistics;
    std::vector<LayerTrace<Real>> layers;

    [[nodiscard]] std::int64_t length() const { return tables->plan().length; }
    [[nodiscard]] std::uint64_t bytes() const {
        const auto n = static_cast<std::uint64_t>(length());
        const auto d = static_cast<std::uint64_t>(tables->plan().keySize);
        std::uint64_t total = openKey.size();
        for (const LayerTrace<Real>& layer : layers)
            total += (n * d + layer.logSumExp.size() + layer.rowScale.size()) * sizeof(Real);
        return total;
    }
};

} // namespace isentrope
