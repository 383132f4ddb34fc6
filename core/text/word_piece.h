// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/piece_trie.h"
#include "core/text/token.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace isentrope {

/// Collects the characters of one word and cuts it into the longest pieces of the vocabulary from
/// the left. A word that cannot be cut, or has more than 100 characters, is one unknown token.
class WordPiece {
public:
    WordPiece(const PieceTrie& trie, std::int32_t unknown, std::vector<Token>& tokens)
        : m_trie(trie)
        , m_unknown(unknown)
        , m_tokens(tokens) {}

    void add(char32_t code, TextSpan span);
    /// Cuts what was added, if anything.
    void endWord();

private:
    static constexpr std::size_t longestWord = 100;

    struct Character {
        std::uint32_t endInWord; ///< in bytes of m_word
        TextSpan span;
    };

    /// The longest piece that begins with character `first`: where it ends, and its id.
    struct Piece {
        std::size_t end;
        std::int32_t id;
    };
    [[nodiscard]] Piece longestPiece(std::size_t first) const;
    [[nodiscard]] std::uint32_t beginInWord(std::size_t character) const {
        return character == 0 ? 0 : m_characters[character - 1].endInWord;
    }

    const PieceTrie& m_trie;
    std::int32_t m_unknown;
    std::vector<Token>& m_tokens;
    std::string m_word; ///< the word's beginning in UTF-8
    std::array<Character, longestWord> m_characters{};
    std::size_t m_count = 0; ///< characters of the word, also of those not kept
    TextSpan m_wordSpan;
};

} // namespace isentrope
