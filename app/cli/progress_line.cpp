// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress_line.h"

#include <cmath>
#include <iostream>
#include <unistd.h>

namespace isentrope::cli {
namespace {

constexpr std::chrono::seconds quietAtFirst(2); // a log needs no line for what is done at once

} // namespace

ProgressLine::ProgressLine(std::string title)
    : m_title(std::move(title))
    , m_terminal(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
    if (m_terminal) std::cerr << "\r\033[K" << std::flush;
}

void ProgressLine::show(const std::string& stage, double share) {
    const auto time = Clock::now();
    const int tenth = static_cast<int>(share * 10);
    if (!m_terminal && time - m_begin < quietAtFirst) return;
    if (m_terminal ? time - m_drawn < std::chrono::milliseconds(100) : tenth <= m_tenth) return;
    m_drawn = time;
    m_tenth = tenth;
    const double elapsed = std::chrono::duration<double>(time - m_begin).count();
    std::string line = m_title + ", " + stage + ", " +
                       std::to_string(static_cast<int>(std::lround(share * 100))) + " %";
    if (share > 0.02 && elapsed > 1)
        line += ", " + humanSeconds(elapsed / share * (1 - share)) + " left";
    if (m_terminal)
        std::cerr << "\r\033[K" << line << std::flush;
    else
        std::cerr << line << "\n";
}

std::string humanSeconds(double seconds) {
    if (seconds < 90) return std::to_string(std::lround(seconds)) + " s";
    const long minutes = std::lround(seconds / 60);
    if (minutes < 90) return std::to_string(minutes) + " min";
    return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

} // namespace isentrope::cli
