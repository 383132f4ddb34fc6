// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/plan_tables.h"

#include <deque>
#include <memory>
#include <string>

namespace isentrope {

/// The tables of the plans used last: a what-if asks for the same one again and again.
template <class Real>
class PlanCache {
public:
    explicit PlanCache(std::string device)
        : m_device(std::move(device)) {}
    [[nodiscard]] std::shared_ptr<const PlanTables<Real>> tables(const Plan& plan);

private:
    std::string m_device;
    std::deque<std::shared_ptr<const PlanTables<Real>>> m_recent;
};

extern template class PlanCache<float>;
extern template class PlanCache<double>;

} // namespace isentrope
