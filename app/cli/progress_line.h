// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>

namespace isentrope::cli {

/// One line on standard error that tells stage, share and time left. On a terminal it is redrawn
/// at most ten times a second; in a log it prints one line a tenth of the way,
/// and none for what takes no time.
class ProgressLine {
public:
    explicit ProgressLine(std::string title);
    ~ProgressLine(); ///< clears the line on a terminal
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// `share` from 0 to 1.
    void show(const std::string& stage, double share);

private:
    using Clock = std::chrono::steady_clock;
    std::string m_title;
    bool m_terminal;
    Clock::time_point m_begin = Clock::now();
    Clock::time_point m_drawn;
    int m_tenth = 0;
};

/// "40 s", "3 min", "2 h 10 min".
[[nodiscard]] std::string humanSeconds(double seconds);

} // namespace isentrope::cli
