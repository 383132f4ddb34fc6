// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheme/catalogue.h"
#include "core/scheme/notation.h"
#include "core/scheme/plan.h"

#include <QString>
#include <QtTest>

/// A compiled scheme, or a failed check and an empty plan.
inline isentrope::Plan planOf(const char* notation, std::int64_t n, std::int64_t trainLength = 64,
                              int keySize = 128, isentrope::Similarity trained = {}) {
    const auto& catalogue = isentrope::Catalogue::builtIn();
    const auto scheme = isentrope::parseScheme(notation, catalogue);
    if (!scheme) {
        qWarning("%s", scheme.error().message.c_str());
        return {};
    }
    auto plan = isentrope::compile(*scheme, catalogue, {n, 0, trainLength, keySize, trained});
    if (!plan) {
        qWarning("%s", plan.error().message.c_str());
        return {};
    }
    return std::move(*plan);
}

/// The largest relative difference of two tables; infinite where their sizes differ.
inline double farthest(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() != b.size() || a.empty()) return HUGE_VAL;
    double most = 0;
    for (std::size_t at = 0; at < a.size(); ++at)
        most = std::max(most, std::abs(a[at] - b[at]) / std::max(1e-300, std::abs(b[at])));
    return most;
}
