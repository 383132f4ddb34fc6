// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/scheme/entry.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

/// Every choice on every axis, as data. Reading and asking are safe from several threads.
class Catalogue {
public:
    /// resources/schemes.json, embedded in the program.
    [[nodiscard]] static const Catalogue& builtIn();
    /// A catalogue in the format of resources/schemes.json.
    [[nodiscard]] static Expected<Catalogue> fromJson(std::string_view text,
                                                      std::string_view source);

    /// This catalogue and the temperatures and biases of a person's file. An entry that cannot be
    /// used is left out and named in `refused` with file, entry and column; the others stay.
    [[nodiscard]] Expected<Catalogue> withUserFile(const std::filesystem::path& file,
                                                   std::vector<Error>* refused = nullptr) const;

    [[nodiscard]] std::span<const Entry> entries() const { return m_entries; }
    [[nodiscard]] std::span<const WarningRule> warnings() const { return m_warnings; }
    [[nodiscard]] std::span<const Preset> presets() const { return m_presets; }
    /// Nothing where no entry has the name, or where it is the name of an own formula.
    [[nodiscard]] const Entry* find(std::string_view id) const;
    /// The part that stands for an absent one: the first entry of each axis.
    [[nodiscard]] const Entry& defaultOf(Axis axis) const;
    [[nodiscard]] std::vector<std::string> names() const;

private:
    std::vector<Entry> m_entries;
    std::vector<WarningRule> m_warnings;
    std::vector<Preset> m_presets;
};

} // namespace isentrope
