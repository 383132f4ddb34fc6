// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/word_piece.h"

#include "core/text/utf8.h"

namespace isentrope {

void WordPiece::add(char32_t code, TextSpan span) {
    if (m_count == 0) m_wordSpan.begin = span.begin;
    m_wordSpan.end = span.end;
    if (m_count < longestWord) {
        utf8::append(m_word, code);
        m_characters[m_count] = {static_cast<std::uint32_t>(m_word.size()), span};
    }
    ++m_count;
}

WordPiece::Piece WordPiece::longestPiece(std::size_t first) const {
    Piece longest{first, PieceTrie::noEntry};
    PieceTrie::Node node = first == 0 ? m_trie.wordBegin() : m_trie.continuation();
    std::uint32_t byte = beginInWord(first);
    for (std::size_t last = first; last < m_count && node != PieceTrie::none; ++last) {
        while (byte < m_characters[last].endInWord && node != PieceTrie::none)
            node = m_trie.child(node, m_word[byte++]);
        if (node != PieceTrie::none && m_trie.entryAt(node) != PieceTrie::noEntry)
            longest = {last + 1, m_trie.entryAt(node)};
    }
    return longest;
}

void WordPiece::endWord() {
    if (m_count == 0) return;
    const std::size_t before = m_tokens.size();
    std::size_t done = m_count > longestWord ? m_count : 0;
    bool whole = done == 0;
    while (whole && done < m_count) {
        const Piece piece = longestPiece(done);
        whole = piece.id != PieceTrie::noEntry;
        if (!whole) break;
        m_tokens.push_back(
            {piece.id, m_characters[done].span.begin, m_characters[piece.end - 1].span.end});
        done = piece.end;
    }
    if (!whole) {
        m_tokens.resize(before);
        m_tokens.push_back({m_unknown, m_wordSpan.begin, m_wordSpan.end});
    }
    m_word.clear();
    m_count = 0;
}

} // namespace isentrope
