// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"

#include <cstdint>
#include <span>
#include <vector>

namespace isentrope {

/// What a bin shows of its cells.
enum class Reduction { Mean, Max, LargestInSize };

/// Pools the rows of a rectangle, given in order and in pieces, to bins of stride x stride cells.
class RegionPool {
public:
    RegionPool(std::int64_t rows, std::int64_t columns, std::int64_t side, Reduction reduction);

    [[nodiscard]] std::int64_t stride() const { return m_region.stride; }
    /// The next rows; their number is a multiple of the stride but for the last piece. Rows of NaN
    /// (padding) count in no bin.
    template <class Real>
    void add(std::span<const Real> values, std::int64_t rows);
    [[nodiscard]] Region take() { return std::move(m_region); }

private:
    template <class Real>
    float bin(const Real* first, std::int64_t rows, std::int64_t columns) const;

    Region m_region;
    std::int64_t m_cellColumns;
    std::int64_t m_done = 0; ///< rows of cells
    Reduction m_reduction;
};

} // namespace isentrope
