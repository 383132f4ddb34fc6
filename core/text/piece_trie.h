// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/vocabulary.h"

#include <cstdint>
#include <cstring>
#include <vector>

namespace isentrope {

/// The entries of a vocabulary as a tree of bytes: the longest piece is found in one walk.
///
/// Nodes are numbered in breadth first order, so the children of a node are neighbours, and the
/// bytes that lead to them stand side by side in one array.
class PieceTrie {
public:
    using Node = std::uint32_t;
    static constexpr Node none = 0xFFFFFFFF;
    static constexpr std::int32_t noEntry = -1;

    explicit PieceTrie(const Vocabulary& vocabulary);

    [[nodiscard]] Node wordBegin() const { return 0; }
    /// Behind "##"; `none` where no entry begins so.
    [[nodiscard]] Node continuation() const { return m_continuation; }
    [[nodiscard]] std::int32_t entryAt(Node node) const { return m_nodes[node].entry; }

    [[nodiscard]] Node child(Node node, char byte) const {
        const Node first = m_nodes[node].firstChild;
        const std::size_t count = m_nodes[node + 1].firstChild - first;
        const void* found = std::memchr(m_labels.data() + first, byte, count);
        if (found == nullptr) return none;
        return static_cast<Node>(static_cast<const char*>(found) - m_labels.data());
    }

private:
    struct NodeData {
        Node firstChild = 0; ///< the children end where those of the next node begin
        std::int32_t entry = noEntry;
    };

    std::vector<NodeData> m_nodes; ///< one more than there are nodes
    std::vector<char> m_labels;    ///< the byte that leads to each node
    Node m_continuation = none;
};

} // namespace isentrope
