// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/pickle_values.h"

#include <algorithm>
#include <limits>

namespace isentrope {
namespace {

bool grows(PickleKind kind) {
    return kind == PickleKind::List || kind == PickleKind::Dict || kind == PickleKind::OrderedDict;
}

} // namespace

std::string_view PickleValues::text(PickleRef ref) const {
    const PickleNode& node = m_nodes[ref];
    if (node.kind != PickleKind::Text) return {};
    return m_source.substr(static_cast<std::size_t>(node.value), node.count);
}

std::span<const PickleRef> PickleValues::items(PickleRef ref) const {
    const PickleNode& node = m_nodes[ref];
    if (node.count == 0 || node.kind == PickleKind::Text) return {};
    const auto place = static_cast<std::size_t>(node.value);
    if (grows(node.kind)) return m_growing[place];
    return std::span(m_fixed).subspan(place, node.count);
}

PickleRef PickleValues::add(PickleKind kind, std::uint64_t value) {
    m_nodes.push_back({kind, 0, 0, value});
    return static_cast<PickleRef>(m_nodes.size() - 1);
}

PickleRef PickleValues::addText(std::size_t begin, std::size_t length) {
    m_nodes.push_back({PickleKind::Text, 0, static_cast<std::uint32_t>(length), begin});
    return static_cast<PickleRef>(m_nodes.size() - 1);
}

PickleRef PickleValues::addFixed(PickleKind kind, std::span<const PickleRef> items) {
    const PickleRef ref = add(kind, m_fixed.size());
    m_nodes[ref].count = static_cast<std::uint32_t>(items.size());
    m_fixed.insert(m_fixed.end(), items.begin(), items.end());
    deepen(m_nodes[ref], items);
    return ref;
}

void PickleValues::append(PickleRef container, std::span<const PickleRef> items) {
    if (items.empty()) return;
    PickleNode& node = m_nodes[container];
    if (node.count == 0) {
        node.value = m_growing.size();
        m_growing.emplace_back();
    }
    std::vector<PickleRef>& kept = m_growing[static_cast<std::size_t>(node.value)];
    kept.insert(kept.end(), items.begin(), items.end());
    node.count = static_cast<std::uint32_t>(kept.size());
    deepen(node, items);
}

void PickleValues::deepen(PickleNode& node, std::span<const PickleRef> items) const {
    constexpr unsigned deepest = std::numeric_limits<std::uint8_t>::max();
    for (const PickleRef item : items)
        node.depth = static_cast<std::uint8_t>(
            std::min(deepest, std::max<unsigned>(node.depth, m_nodes[item].depth + 1u)));
}

} // namespace isentrope
