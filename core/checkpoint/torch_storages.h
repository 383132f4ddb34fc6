// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/torch_object.h"

#include <map>
#include <optional>

namespace isentrope {

/// The storages that a pickle names, each once: two names for one key must agree.
class TorchStorages {
public:
    [[nodiscard]] Expected<void> readAll(const PickleValues& values, std::string_view source);

    /// The index of the storage that a Persistent value names; nothing for any other value.
    [[nodiscard]] std::optional<std::size_t> indexOf(PickleRef ref) const;
    [[nodiscard]] const TorchStorage& at(std::size_t index) const { return m_storages[index]; }
    void use(std::size_t index) { m_storages[index].used = true; }
    [[nodiscard]] std::vector<TorchStorage> take() { return std::move(m_storages); }

private:
    [[nodiscard]] Expected<void> add(PickleRef ref, TorchStorage storage, std::string_view source);

    std::vector<TorchStorage> m_storages;
    std::map<std::string, std::size_t, std::less<>> m_byKey;
    std::map<PickleRef, std::size_t> m_byRef;
};

} // namespace isentrope
