// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/csv_reader.h"

#include "core/base/file.h"
#include "core/base/nearest.h"
#include "core/base/number.h"
#include "core/result/csv_rows.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace isentrope {
Expected<CsvTable> CsvTable::parse(std::string_view content, const std::string& source) {
    if (content.empty())
        return fail(ErrorCode::Truncated, source + ": is empty; expected a header line");
    if (content.starts_with("\xEF\xBB\xBF"))
        return fail(ErrorCode::Malformed,
                    source + ": begins with a byte order mark; save it as plain UTF-8");
    if (content.find('\0') != std::string_view::npos)
        return fail(ErrorCode::Malformed, source + ": has a NUL byte; expected text");
    CsvRows rows(content, source);
    auto names = rows.next();
    if (!names) return tl::unexpected(names.error());
    CsvTable table;
    table.m_source = source;
    if (auto named = table.setColumns(std::move(*names)); !named)
        return tl::unexpected(named.error());
    while (!rows.atEnd()) {
        const std::size_t line = rows.line();
        auto cells = rows.next();
        if (!cells) return tl::unexpected(cells.error());
        if (auto added = table.addRow(std::move(*cells), line); !added)
            return tl::unexpected(added.error());
    }
    return table;
}

Expected<void> CsvTable::setColumns(std::vector<std::string> names) {
    const std::set<std::string_view> distinct(names.begin(), names.end());
    if (distinct.size() < names.size() || distinct.contains(""))
        return fail(ErrorCode::Malformed,
                    m_source + ": line 1: a column has no name or that of another");
    m_columns = std::move(names);
    return {};
}

Expected<void> CsvTable::addRow(std::vector<std::string> cells, std::size_t line) {
    if (cells.size() != m_columns.size())
        return fail(ErrorCode::Malformed, m_source + ": line " + std::to_string(line) + ": has " +
                                              std::to_string(cells.size()) + " cells; expected " +
                                              std::to_string(m_columns.size()));
    m_lines.push_back(line);
    std::move(cells.begin(), cells.end(), std::back_inserter(m_cells));
    return {};
}

Expected<std::size_t> CsvTable::column(std::string_view name) const {
    const auto found = std::find(m_columns.begin(), m_columns.end(), name);
    if (found != m_columns.end()) return static_cast<std::size_t>(found - m_columns.begin());
    return fail(ErrorCode::NotFound, m_source + ": has no column \"" + std::string(name) + "\"." +
                                         didYouMean(name, m_columns));
}

const std::string& CsvTable::text(std::size_t row, std::size_t column) const {
    return m_cells.at(row * m_columns.size() + column);
}

Expected<std::int64_t> CsvTable::integer(std::size_t row, std::size_t column) const {
    const auto value = parseInteger(text(row, column));
    if (!value) return refuse(row, column, "a whole number");
    return *value;
}

Expected<double> CsvTable::number(std::size_t row, std::size_t column) const {
    const auto value = parseDouble(text(row, column));
    if (!value) return refuse(row, column, "a number");
    return *value;
}

tl::unexpected<Error> CsvTable::refuse(std::size_t row, std::size_t column,
                                       const char* expected) const {
    return fail(ErrorCode::Malformed, m_source + ": line " + std::to_string(m_lines.at(row)) +
                                          ", column \"" + m_columns.at(column) + "\": found \"" +
                                          text(row, column) + "\", expected " + expected);
}

Expected<CsvTable> readCsv(const std::filesystem::path& path, std::uint64_t mostBytes) {
    const auto content = readWholeFile(path, mostBytes);
    if (!content) return tl::unexpected(content.error());
    return CsvTable::parse(*content, path.string());
}

} // namespace isentrope
