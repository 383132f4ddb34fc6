// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/provenance.h"

namespace isentrope {

std::string programVersion() {
    return ISENTROPE_VERSION;
}

std::map<std::string, std::string> Provenance::fields() const {
    std::map<std::string, std::string> named = {{"version", programVersion()}};
    const auto addText = [&](const char* name, const std::string& text) {
        if (!text.empty()) named.emplace(name, text);
    };
    const auto addNumber = [&](const char* name, std::optional<std::int64_t> number) {
        if (number) named.emplace(name, std::to_string(*number));
    };
    addText("checkpoint", checkpoint);
    addText("scheme", scheme);
    addNumber("L0", trainLength);
    addNumber("n", length);
    addNumber("tokens", tokens);
    addNumber("seed", seed);
    addText("precision", precision);
    addText("device", device);
    return named;
}

} // namespace isentrope
