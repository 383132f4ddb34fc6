// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/piece_trie.h"

#include <algorithm>
#include <string_view>

namespace isentrope {
namespace {

/// Entries [first, last) of the sorted list share their first `depth` bytes.
struct Branch {
    std::size_t first, last, depth;
};

struct Piece {
    std::string_view text;
    std::int32_t id;
};

/// The pieces a word can hold, sorted; of equal ones the last id counts.
std::vector<Piece> sortedPieces(const Vocabulary& vocabulary) {
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
        const std::string& text = vocabulary.entry(static_cast<std::int32_t>(i));
        const auto id = vocabulary.id(text);
        if (id == static_cast<std::int32_t>(i)) pieces.push_back({text, *id});
    }
    std::ranges::sort(pieces, {}, &Piece::text);
    return pieces;
}

} // namespace

PieceTrie::PieceTrie(const Vocabulary& vocabulary) {
    const std::vector<Piece> pieces = sortedPieces(vocabulary);
    std::vector<Branch> branches = {{0, pieces.size(), 0}};
    m_labels.push_back('\0');
    for (std::size_t node = 0; node < branches.size(); ++node) {
        auto [first, last, depth] = branches[node];
        NodeData data{static_cast<Node>(branches.size()), noEntry};
        if (first < last && pieces[first].text.size() == depth) data.entry = pieces[first++].id;
        while (first < last) {
            const char label = pieces[first].text[depth];
            const std::size_t begin = first;
            while (first < last && pieces[first].text[depth] == label)
                ++first;
            branches.push_back({begin, first, depth + 1});
            m_labels.push_back(label);
        }
        m_nodes.push_back(data);
    }
    m_nodes.push_back({static_cast<Node>(branches.size()), noEntry});

    const Node hash = child(wordBegin(), '#');
    if (hash != none) m_continuation = child(hash, '#');
}

} // namespace isentrope
