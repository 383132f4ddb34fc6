// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes are read as a text in the encoding the first byte picks, cut, and made an input.
#include "core/text/input.h"
#include "core/text/tokenizer.h"

#include <cstdlib>

using namespace isentrope;

namespace {

const Tokenizer& tokenizer() {
    static const Tokenizer instance(
        Vocabulary::parse("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\n##b\nab\n##\u302f\n的\n",
                          "vocabulary of the fuzz target")
            .value());
    return instance;
}

void require(bool holds) {
    if (!holds) std::abort();
}

void checkTokens(const std::vector<Token>& tokens, std::size_t textSize) {
    std::uint32_t last = 0;
    for (const Token& token : tokens) {
        require(token.begin >= last && token.begin < token.end && token.end <= textSize);
        last = token.begin;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    checkTokens(tokenizer().tokenize(bytes), bytes.size());

    const auto names = encodingNames();
    const auto decoded = decodeText(bytes, names[data[0] % names.size()]);
    require(decoded.has_value());
    const auto tokens = tokenizer().tokenize(decoded->text);
    checkTokens(tokens, decoded->text.size());

    const InputOptions options{data[0], static_cast<Fill>(data[0] % 3), data[0] % 2 == 0};
    if (const auto input = makeInput(tokens, tokenizer().vocabulary(), options)) {
        require(input->ids.size() == input->tokens.size());
        require(options.length == 0 || input->ids.size() <= std::size_t{data[0]});
    }
    static_cast<void>(makeInputFromIds(bytes, 100, 0, options));
    return 0;
}
