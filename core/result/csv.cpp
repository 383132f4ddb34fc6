// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/csv.h"

#include "core/base/number.h"
#include "core/result/sidecar.h"

#include <set>

namespace isentrope {
namespace {

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string result(1, '"');
    for (const char letter : text) {
        if (letter == '"') result += '"';
        result += letter;
    }
    return result + '"';
}

std::string cellText(const CsvCell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) return quoted(*text);
    if (const auto* integer = std::get_if<std::int64_t>(&cell)) return std::to_string(*integer);
    return shortest(std::get<double>(cell));
}

std::string_view typeName(CsvType type) {
    switch (type) {
    case CsvType::Text:
        return "text";
    case CsvType::Integer:
        return "integer";
    case CsvType::Number:
        return "number";
    }
    return "text";
}

CsvType typeOf(const CsvCell& cell) {
    return static_cast<CsvType>(cell.index());
}

OrderedJson columnsJson(std::span<const CsvColumn> columns) {
    OrderedJson list = OrderedJson::array();
    for (const CsvColumn& column : columns) {
        OrderedJson entry = {{"name", column.name}, {"type", typeName(column.type)}};
        if (!column.unit.empty()) entry["unit"] = column.unit;
        list.push_back(std::move(entry));
    }
    return {{"columns", std::move(list)}};
}

} // namespace

std::string csvHeader(std::span<const CsvColumn> columns) {
    const std::vector<CsvCell> names = [&] {
        std::vector<CsvCell> cells;
        for (const CsvColumn& column : columns)
            cells.emplace_back(column.name);
        return cells;
    }();
    return csvLine(names);
}

std::string csvLine(std::span<const CsvCell> cells) {
    // A lone empty cell would print as an empty line, which is no row to most readers.
    if (cells.size() == 1 && cellText(cells.front()).empty()) return "\"\"\n";
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) line += ',';
        line += cellText(cells[i]);
    }
    return line + '\n';
}

Expected<CsvWriter> CsvWriter::create(const std::filesystem::path& path,
                                      std::vector<CsvColumn> columns) {
    std::set<std::string_view> names;
    for (const CsvColumn& column : columns)
        if (column.name.empty() || !names.insert(column.name).second)
            return fail(ErrorCode::BadUsage, path.string() + ": column \"" + column.name +
                                                 "\" has no name or that of another");
    if (columns.empty()) return fail(ErrorCode::BadUsage, path.string() + ": has no columns");
    auto file = AtomicFile::create(path);
    if (!file) return tl::unexpected(file.error());
    return file->write(csvHeader(columns)).map([&] {
        return CsvWriter(std::move(*file), std::move(columns));
    });
}

CsvWriter::CsvWriter(AtomicFile file, std::vector<CsvColumn> columns)
    : m_file(std::move(file))
    , m_columns(std::move(columns)) {}

Expected<void> CsvWriter::addRow(std::span<const CsvCell> cells) {
    const std::string source = m_file.path().string();
    if (cells.size() != m_columns.size())
        return fail(ErrorCode::Mismatch, source + ": a row has " + std::to_string(cells.size()) +
                                             " cells; expected " +
                                             std::to_string(m_columns.size()));
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (typeOf(cells[i]) != m_columns[i].type)
            return fail(ErrorCode::Mismatch,
                        source + ": column \"" + m_columns[i].name + "\": found a cell of type " +
                            std::string(typeName(typeOf(cells[i]))) + ", expected " +
                            std::string(typeName(m_columns[i].type)));
    return m_file.write(csvLine(cells));
}

Expected<void> CsvWriter::commit(const Provenance& provenance) {
    return commitWithSidecar(m_file, provenance, columnsJson(m_columns));
}

} // namespace isentrope
