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
    /// `openRows`: one byte a row of the rectangle, 0 for padding, which counts in no bin of more
    /// than one cell; empty: all are open.
    RegionPool(std::int64_t rows, std::int64_t columns, std::int64_t side, Reduction reduction,
               std::vector<std::uint8_t> openRows);

    [[nodiscard]] std::int64_t stride() const { return m_region.stride; }
    /// The next rows; their number is a multiple of the stride but for the last piece.
    template <class Real>
    void add(std::span<const Real> values, std::int64_t rows);
    [[nodiscard]] Region take() { return std::move(m_region); }

private:
    template <class Real>
    float bin(const Real* first, Span rows, std::int64_t columns) const;

    Region m_region;
    std::int64_t m_cellColumns;
    std::int64_t m_done = 0; ///< rows of cells
    Reduction m_reduction;
    std::vector<std::uint8_t> m_openRows;
};

} // namespace isentrope
