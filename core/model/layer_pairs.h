// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/network.h"
#include "core/model/plan_tables.h"

#include <cstdint>
#include <memory>

namespace isentrope {

/// The similarity of pairs (query, key) of one layer under one plan, before factor, bias and mask:
/// <R q, R k> / sqrt(d), or s cos(q, k). Keys of `columns` are made ready once, queries when a
/// block of them is asked for.
template <class Real>
class LayerPairs {
public:
    /// z: n x d of the whole text. `fast`: the products may run on bfloat16 units, split so that
    /// they are as good as single precision.
    LayerPairs(const Network<Real>& network, std::int64_t layer, const PlanTables<Real>& tables,
               const at::Tensor& z, Span columns, bool fast = false);
    ~LayerPairs();
    LayerPairs(LayerPairs&&) noexcept;

    /// Writes the similarities of `rows` with the columns into out (rows x columns). Columns that
    /// the mask's window closes for every one of these rows keep what out held.
    void fill(Span rows, at::Tensor& out) const;

private:
    struct State;
    std::unique_ptr<const State> m_state;
};

extern template class LayerPairs<float>;
extern template class LayerPairs<double>;

} // namespace isentrope
