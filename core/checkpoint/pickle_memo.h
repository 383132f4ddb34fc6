// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/pickle_values.h"

#include <map>
#include <optional>
#include <vector>

namespace isentrope {

/// What a pickle remembers by number. Python counts up from 0, so those lie in an array; any other
/// number costs one entry of a map, never an array of its size.
class PickleMemo {
public:
    /// False where there are more numbers out of order than any real file has.
    [[nodiscard]] bool put(std::uint32_t key, PickleRef ref) {
        if (key < m_dense.size())
            m_dense[key] = ref;
        else if (key == m_dense.size())
            m_dense.push_back(ref);
        else if (m_sparse.size() < mostSparse)
            m_sparse[key] = ref;
        else
            return false;
        return true;
    }

    [[nodiscard]] std::optional<PickleRef> get(std::uint32_t key) const {
        if (key < m_dense.size()) return m_dense[key];
        const auto found = m_sparse.find(key);
        return found == m_sparse.end() ? std::nullopt : std::optional(found->second);
    }

private:
    static constexpr std::size_t mostSparse = 100'000;

    std::vector<PickleRef> m_dense;
    std::map<std::uint32_t, PickleRef> m_sparse;
};

} // namespace isentrope
