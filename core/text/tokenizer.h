// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/text/vocabulary.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

/// One token and the bytes of the original text it stands for. [0, 0] where the program added it.
struct Token {
    std::int32_t id = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// WordPiece exactly as BertTokenizerFast with lower-casing cuts a text.
class Tokenizer {
public:
    explicit Tokenizer(Vocabulary vocabulary);

    [[nodiscard]] const Vocabulary& vocabulary() const { return m_vocabulary; }
    /// `text` is UTF-8; invalid bytes count as U+FFFD. Linear in its length. Adds no token.
    [[nodiscard]] std::vector<Token> tokenize(std::string_view text) const;

private:
    Vocabulary m_vocabulary;
};

} // namespace isentrope
