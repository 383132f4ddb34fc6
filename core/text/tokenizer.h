// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/token.h"
#include "core/text/vocabulary.h"

#include <memory>
#include <string_view>
#include <vector>

namespace isentrope {

class PieceTrie;

/// WordPiece exactly as BertTokenizerFast with lower-casing cuts a text. Copies share their
/// look-up table.
class Tokenizer {
public:
    explicit Tokenizer(Vocabulary vocabulary);

    [[nodiscard]] const Vocabulary& vocabulary() const { return m_vocabulary; }
    /// `text` is UTF-8 of less than 4 GiB; invalid bytes count as U+FFFD. Linear in its length.
    /// Adds no token. May be called from several threads at once.
    [[nodiscard]] std::vector<Token> tokenize(std::string_view text) const;

private:
    Vocabulary m_vocabulary;
    std::shared_ptr<const PieceTrie> m_trie;
};

} // namespace isentrope
