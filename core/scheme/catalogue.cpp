// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/catalogue.h"

#include "core/base/file.h"
#include "core/scheme/catalogue_reader.h"
#include "core/scheme/user_schemes.h"

#include <algorithm>

namespace isentrope {

extern const std::string_view embeddedSchemes; ///< made from resources/schemes.json

const Parameter* Entry::parameter(std::string_view key) const {
    const auto found = std::find_if(parameters.begin(), parameters.end(),
                                    [&](const Parameter& one) { return one.key == key; });
    return found == parameters.end() ? nullptr : &*found;
}

const Catalogue& Catalogue::builtIn() {
    static const Catalogue catalogue = fromJson(embeddedSchemes, "schemes.json").value();
    return catalogue;
}

Expected<Catalogue> Catalogue::fromJson(std::string_view text, std::string_view source) {
    auto content = readCatalogue(text, source);
    if (!content) return tl::unexpected(std::move(content.error()));
    Catalogue catalogue;
    catalogue.m_entries = std::move(content->entries);
    catalogue.m_warnings = std::move(content->warnings);
    catalogue.m_presets = std::move(content->presets);
    return catalogue;
}

Expected<Catalogue> Catalogue::withUserFile(const std::filesystem::path& file,
                                            std::vector<Error>* refused) const {
    auto schemes = readUserSchemes(file);
    if (!schemes) return tl::unexpected(std::move(schemes.error()));
    Catalogue extended = *this;
    for (const UserScheme& scheme : *schemes) {
        auto entry = userEntry(scheme, extended);
        if (entry)
            extended.m_entries.push_back(std::move(*entry));
        else if (refused)
            refused->push_back({entry.error().code, file.string() + ": " + entry.error().message});
    }
    return extended;
}

const Entry* Catalogue::find(std::string_view id) const {
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&](const Entry& entry) { return entry.id == id; });
    return found == m_entries.end() ? nullptr : &*found;
}

const Entry& Catalogue::defaultOf(Axis axis) const {
    return *std::find_if(m_entries.begin(), m_entries.end(),
                         [&](const Entry& entry) { return entry.axis == axis; });
}

std::vector<std::string> Catalogue::names() const {
    std::vector<std::string> names;
    for (const Entry& entry : m_entries)
        names.push_back(entry.id);
    return names;
}

} // namespace isentrope
