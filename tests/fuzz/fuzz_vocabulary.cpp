// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes are read as a vocabulary; one that is accepted must cut a text made of itself.
#include "core/text/tokenizer.h"

#include <cstdlib>

using namespace isentrope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view content(reinterpret_cast<const char*>(data), size);
    auto vocabulary = Vocabulary::parse(content, "fuzz");
    if (!vocabulary) return 0;
    const Tokenizer tokenizer(std::move(*vocabulary));
    const auto entries = static_cast<std::int32_t>(tokenizer.vocabulary().size());
    for (const Token& token : tokenizer.tokenize(content))
        if (token.id < 0 || token.id >= entries || token.end > size) std::abort();
    return 0;
}
