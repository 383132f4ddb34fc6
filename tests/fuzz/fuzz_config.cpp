// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as config.json: an answer or a refusal, and what is answered is within its ranges.
#include "core/checkpoint/model_config.h"
#include "core/scheme/catalogue.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    const auto config =
        isentrope::parseModelConfig(text, "config.json", isentrope::Catalogue::builtIn());
    if (!config) return config.error().message.empty() ? std::abort(), 0 : 0;
    const bool sound = config->layers > 0 && config->keySize % 2 == 0 && config->vocabulary > 0 &&
                       config->padId < config->vocabulary && config->trainLength > 1 &&
                       config->normEpsilon > 0 && !config->scheme.empty();
    if (!sound) std::abort();
    return 0;
}
