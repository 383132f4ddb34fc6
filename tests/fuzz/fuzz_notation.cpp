// SPDX-License-Identifier: GPL-3.0-or-later
// Any text: it is read or refused with a column inside it; what is read prints to a text that
// reads back as the same scheme, completes anywhere, and compiles or says why not.
#include "core/scheme/catalogue.h"
#include "core/scheme/notation.h"
#include "core/scheme/plan.h"
#include "core/scheme/warnings.h"

#include <cstdint>
#include <cstdlib>

using namespace isentrope;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    const Catalogue& catalogue = Catalogue::builtIn();
    for (const std::string& piece : splitSchemes(text))
        require(!piece.empty());
    if (size < 200) (void)completions(text, 1 + size / 2, catalogue);
    const auto scheme = parseNotation(text, catalogue);
    if (!scheme) {
        require(scheme.error().column >= 1 && scheme.error().column <= size + 1);
        return 0;
    }
    const std::string printed = canonical(*scheme, catalogue);
    const auto again = parseNotation(printed, catalogue);
    require(again.has_value() && canonical(*again, catalogue) == printed);
    const PlanRequest request{300, 200, 64, 32, {}};
    const auto plan = compile(*scheme, catalogue, request);
    require(plan.has_value() || !plan.error().message.empty());
    (void)warnings(*scheme, catalogue, request);
    return 0;
}
