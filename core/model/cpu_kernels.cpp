// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/cpu_kernels.h"

#include "core/model/processor.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace isentrope {
namespace {

/// Upper half of the fp32 pattern, rounded to nearest even; weights are never NaN-with-low-bits.
std::uint16_t toBfloat(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (std::isnan(value)) return 0x7fc0;
    return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

template <class Real>
void narrow(const RowBlock<Real>& block, std::uint16_t* bfloat) {
#pragma omp parallel for
    for (std::int64_t row = 0; row < block.rows; ++row) {
        const Real* from = block.values + row * block.stride;
        std::uint16_t* to = bfloat + row * block.columns;
        for (std::int64_t column = 0; column < block.columns; ++column)
            to[column] = toBfloat(static_cast<float>(from[column]));
    }
}

template <class Real>
class CpuBlockPass : public BlockPass<Real> {
public:
    CpuBlockPass(const RowPlan<Real>& plan, const std::vector<std::uint8_t>& openKey,
                 const StatisticsOptions& options)
        : m_pass(plan, openKey, options) {}

    void run(const RowBlock<Real>& block, std::uint16_t* bfloat) override {
        m_pass.run(block);
        if (bfloat) narrow(block, bfloat);
    }

    PassResult<Real> finish() override {
        return {m_pass.statistics(), m_pass.logSumExp(), m_pass.rowScale(), m_pass.profiles(),
                m_pass.overview()};
    }

private:
    RowPass<Real> m_pass;
};

template <class Real>
void finishOnHost(const TileRules<Real>& rules, const Tile<Real>& tile) {
    isentrope::finishTile<Real>(rules.plan, rules.openKey, rules.logSumExp, rules.rowScale, tile);
}

} // namespace

std::string CpuKernels::name() const {
    return kernelTarget();
}

DeviceMemory CpuKernels::memory() const {
    return hostMemory();
}

bool CpuKernels::fastProducts() const {
    return hasBfloatProducts();
}

/// 256 rows keep the products near their best speed; from 32,768 tokens on fewer, so that a block
/// stays within 32 MB.
std::int64_t CpuKernels::blockRows(std::int64_t length) const {
    constexpr std::int64_t mostElements = 8 << 20;
    return std::clamp<std::int64_t>(mostElements / std::max<std::int64_t>(length, 1), 32, 256);
}

std::unique_ptr<BlockPass<float>> CpuKernels::blockPass(const RowPlan<float>& plan,
                                                        const std::vector<std::uint8_t>& openKey,
                                                        const StatisticsOptions& options) const {
    return std::make_unique<CpuBlockPass<float>>(plan, openKey, options);
}

std::unique_ptr<BlockPass<double>> CpuKernels::blockPass(const RowPlan<double>& plan,
                                                         const std::vector<std::uint8_t>& openKey,
                                                         const StatisticsOptions& options) const {
    return std::make_unique<CpuBlockPass<double>>(plan, openKey, options);
}

void CpuKernels::finishTile(const TileRules<float>& rules, const Tile<float>& tile) const {
    finishOnHost(rules, tile);
}

void CpuKernels::finishTile(const TileRules<double>& rules, const Tile<double>& tile) const {
    finishOnHost(rules, tile);
}

} // namespace isentrope
