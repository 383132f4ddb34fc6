// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

namespace isentrope {

/// What a pickle may build here. Nothing of it runs code; a Reduced is a note of what was asked.
enum class PickleKind : std::uint8_t {
    None,
    Bool,
    Integer,
    Float,
    Text,
    Tuple,
    List,
    Dict,        ///< items: key, value, key, value …
    OrderedDict, ///< the same
    Callable,    ///< an allowed function or type, PickleNode::value its place in the allow-list
    Reduced,     ///< items: callable, arguments
    Persistent,  ///< items: the tuple that names a storage
};

using PickleRef = std::uint32_t;

struct PickleNode {
    PickleKind kind = PickleKind::None;
    std::uint8_t depth = 0;  ///< levels below, as known when the last item was added
    std::uint32_t count = 0; ///< of items or of bytes of text
    std::uint64_t value = 0; ///< the number's bits, or where items or text begin
};

/// All values of a pickle, side by side and named by number: sharing costs nothing, cycles are
/// harmless, and nothing is ever built or destroyed recursively.
class PickleValues {
public:
    /// Text is not copied: `source` outlives the values.
    explicit PickleValues(std::string_view source)
        : m_source(source) {}

    [[nodiscard]] std::size_t size() const { return m_nodes.size(); }
    [[nodiscard]] PickleKind kind(PickleRef ref) const { return m_nodes[ref].kind; }
    [[nodiscard]] unsigned depth(PickleRef ref) const { return m_nodes[ref].depth; }
    [[nodiscard]] std::int64_t integer(PickleRef ref) const {
        return static_cast<std::int64_t>(m_nodes[ref].value);
    }
    [[nodiscard]] std::string_view text(PickleRef ref) const;
    [[nodiscard]] std::span<const PickleRef> items(PickleRef ref) const;
    [[nodiscard]] bool isDict(PickleRef ref) const {
        return kind(ref) == PickleKind::Dict || kind(ref) == PickleKind::OrderedDict;
    }

    [[nodiscard]] PickleRef add(PickleKind kind, std::uint64_t value = 0);
    [[nodiscard]] PickleRef addText(std::size_t begin, std::size_t length);
    /// A tuple, or another kind whose items never change.
    [[nodiscard]] PickleRef addFixed(PickleKind kind, std::span<const PickleRef> items);
    /// Adds to a list or a dict.
    void append(PickleRef container, std::span<const PickleRef> items);

private:
    void deepen(PickleNode& node, std::span<const PickleRef> items) const;

    std::string_view m_source;
    std::deque<PickleNode> m_nodes;
    std::vector<PickleRef> m_fixed;               ///< items of tuples, one after the other
    std::deque<std::vector<PickleRef>> m_growing; ///< items of each list and dict that has any
};

} // namespace isentrope
