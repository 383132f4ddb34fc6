// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"

#include <algorithm>

namespace isentrope {

/// Thrown inside the engine when the stop token asks for it; never crosses core/engine.h.
struct Stopped {};

/// Looks at the stop token and reports how far a job is, of which this is one part.
class ProgressMeter {
public:
    ProgressMeter(std::stop_token stop, ProgressFunction report)
        : m_stop(std::move(stop))
        , m_report(std::move(report)) {}

    /// What follows covers [from, to] of the whole job.
    void part(double from, double to) {
        m_from = from;
        m_to = to;
    }
    void checkpoint() const {
        if (m_stop.stop_requested()) throw Stopped{};
    }
    /// `share` of the part, 0 to 1.
    void report(const std::string& stage, double share) {
        checkpoint();
        m_reached = std::max(m_reached, m_from + (m_to - m_from) * std::clamp(share, 0.0, 1.0));
        if (m_report) m_report({stage, m_reached});
    }

private:
    std::stop_token m_stop;
    ProgressFunction m_report;
    double m_from = 0, m_to = 1, m_reached = 0;
};

} // namespace isentrope
