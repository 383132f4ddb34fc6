// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/positions.h"
#include "core/attention/row_pass.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace isentrope {

/// A plan made ready for one device: the row pass's tables and the rotations of every position.
/// A rotation takes planes (2k, 2k + 1) of rows of x to (k, k + d/2).
template <class Real>
class PlanTables {
public:
    PlanTables(const Plan& plan, const std::string& device);
    ~PlanTables();

    [[nodiscard]] const Plan& plan() const;
    [[nodiscard]] const RowPlan<Real>& rowPlan() const;
    [[nodiscard]] const FarPositions& far() const;
    /// True where q and k are compared in double whatever Real is: a cosine times a large s loses
    /// five digits in fp32 sums, and its softmax shows that.
    [[nodiscard]] bool comparesInDouble() const;

    /// Row r of x stands at token first + r.
    [[nodiscard]] at::Tensor rotateNear(const at::Tensor& x, std::int64_t first) const;
    /// The query's side of the far product for keys before it (past) or after it.
    [[nodiscard]] at::Tensor rotateFarQuery(const at::Tensor& x, std::int64_t first,
                                            bool past) const;
    [[nodiscard]] at::Tensor rotateFarKey(const at::Tensor& x, std::int64_t first) const;
    /// Row r of x stands at positions[r]; for the few rows that stand nowhere else.
    [[nodiscard]] at::Tensor rotateTo(const at::Tensor& x,
                                      const std::vector<double>& positions) const;

    /// Bytes of all tables for a length, those of a comparison in double not counted.
    [[nodiscard]] static std::uint64_t bytes(std::int64_t length, std::int64_t keySize,
                                             bool twoPieces);

private:
    struct State;
    std::unique_ptr<const State> m_state;
};

extern template class PlanTables<float>;
extern template class PlanTables<double>;

} // namespace isentrope
