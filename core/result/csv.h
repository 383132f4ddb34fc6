// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result/atomic_file.h"
#include "core/result/provenance.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace isentrope {

enum class CsvType { Text, Integer, Number };

struct CsvColumn {
    std::string name;
    std::string unit; ///< "nats", "tokens"; empty where it has none
    CsvType type = CsvType::Number;
};

/// Numbers print shortest round trip, in the C locale, not-finite ones as nan, inf and -inf.
using CsvCell = std::variant<std::string, std::int64_t, double>;

/// One line of RFC 4180, ended by a line feed: quoted only where a comma, a quote or a line break
/// asks for it.
[[nodiscard]] std::string csvHeader(std::span<const CsvColumn> columns);
[[nodiscard]] std::string csvLine(std::span<const CsvCell> cells);

/// Writes a CSV file row by row. The first line is the header, column names and nothing else;
/// units and provenance go into `NAME.csv.json` beside it:
/// {"provenance": {…}, "columns": [{"name": …, "type": …, "unit": …}, …]}.
class CsvWriter {
public:
    [[nodiscard]] static Expected<CsvWriter> create(const std::filesystem::path& path,
                                                    std::vector<CsvColumn> columns);

    /// Mismatch where the cells are not of the columns' number and types.
    [[nodiscard]] Expected<void> addRow(std::span<const CsvCell> cells);
    [[nodiscard]] Expected<void> addRow(std::initializer_list<CsvCell> cells) {
        return addRow(std::span(cells.begin(), cells.size()));
    }
    [[nodiscard]] Expected<void> commit(const Provenance& provenance);

private:
    CsvWriter(AtomicFile file, std::vector<CsvColumn> columns);

    AtomicFile m_file;
    std::vector<CsvColumn> m_columns;
};

} // namespace isentrope
