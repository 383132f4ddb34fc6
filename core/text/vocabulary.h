// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace isentrope {

/// vocab.txt: one entry a line, the line's number (from 0) is its id.
///
/// Lines end at LF alone; one CR before it is dropped, and so is a byte order mark. A blank line
/// keeps its id and stands for nothing; blank lines at the end are no entries. Of equal entries
/// the last id counts. [PAD], [UNK], [CLS], [SEP] and [MASK] must be there.
class Vocabulary {
public:
    static constexpr std::size_t mostEntries = 1'000'000;
    static constexpr std::size_t longestEntry = 65'536;    ///< bytes
    static constexpr std::size_t largestFile = 16'777'215; ///< bytes

    [[nodiscard]] static Expected<Vocabulary> read(const std::filesystem::path& file);
    /// From the content of such a file; `source` names it in messages.
    [[nodiscard]] static Expected<Vocabulary> parse(std::string_view content,
                                                    std::string_view source);

    [[nodiscard]] std::size_t size() const { return m_entries.size(); }
    /// Empty for a blank line and for an id outside.
    [[nodiscard]] const std::string& entry(std::int32_t id) const;
    [[nodiscard]] std::optional<std::int32_t> id(std::string_view entry) const;

    [[nodiscard]] std::int32_t pad() const { return m_pad; }
    [[nodiscard]] std::int32_t unknown() const { return m_unknown; }
    [[nodiscard]] std::int32_t begin() const { return m_begin; } ///< [CLS]
    [[nodiscard]] std::int32_t end() const { return m_end; }     ///< [SEP]
    [[nodiscard]] std::int32_t mask() const { return m_mask; }
    [[nodiscard]] const std::vector<std::string>& warnings() const { return m_warnings; }

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    [[nodiscard]] Expected<void> readLines(std::string_view content, const std::string& source);
    void indexEntries(const std::string& source);
    [[nodiscard]] Expected<void> findSpecials(const std::string& source);

    std::vector<std::string> m_entries;
    std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> m_ids;
    std::vector<std::string> m_warnings;
    std::int32_t m_pad = 0, m_unknown = 0, m_begin = 0, m_end = 0, m_mask = 0;
};

} // namespace isentrope
