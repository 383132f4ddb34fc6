// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever strict JSON accepts reads back from its own print as the same value.
#include "core/base/json.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value =
        isentrope::parseJson({reinterpret_cast<const char*>(data), size}, "fuzzed text");
    if (!value) return 0;
    const auto again = isentrope::parseJson(value->dump(), "printed text");
    if (!again || *again != *value) std::abort();
    return 0;
}
