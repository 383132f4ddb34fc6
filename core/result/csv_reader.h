// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

/// A CSV file as it was read: texts, which the accessors turn into numbers. Errors of the accessors
/// name file, line and column.
class CsvTable {
public:
    /// Strict: one header line of distinct names, every row as long as it, the last line ended.
    /// `source` begins the message of an error.
    [[nodiscard]] static Expected<CsvTable> parse(std::string_view content,
                                                  const std::string& source);

    [[nodiscard]] const std::vector<std::string>& columns() const { return m_columns; }
    [[nodiscard]] std::size_t rows() const { return m_lines.size(); }

    /// The index of a column; NotFound names what it may have meant.
    [[nodiscard]] Expected<std::size_t> column(std::string_view name) const;
    /// `row` and `column` must exist.
    [[nodiscard]] const std::string& text(std::size_t row, std::size_t column) const;
    [[nodiscard]] Expected<std::int64_t> integer(std::size_t row, std::size_t column) const;
    [[nodiscard]] Expected<double> number(std::size_t row, std::size_t column) const;

private:
    [[nodiscard]] Expected<void> setColumns(std::vector<std::string> names);
    [[nodiscard]] Expected<void> addRow(std::vector<std::string> cells, std::size_t line);
    [[nodiscard]] tl::unexpected<Error> refuse(std::size_t row, std::size_t column,
                                               const char* expected) const;

    std::string m_source;
    std::vector<std::string> m_columns;
    std::vector<std::string> m_cells; ///< row-major
    std::vector<std::size_t> m_lines; ///< of each row: the line it begins at, 1 is the header
};

[[nodiscard]] Expected<CsvTable> readCsv(const std::filesystem::path& path,
                                         std::uint64_t mostBytes = 256'000'000);

} // namespace isentrope
