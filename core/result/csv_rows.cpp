// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/csv_rows.h"

#include <algorithm>

namespace isentrope {

tl::unexpected<Error> CsvRows::refuse(ErrorCode code, const std::string& problem) const {
    return fail(code, std::string(m_source) + ": line " + std::to_string(m_line) + ": " + problem);
}

bool CsvRows::take(std::string_view sign) {
    if (!m_rest.starts_with(sign)) return false;
    m_rest.remove_prefix(sign.size());
    return true;
}

std::string CsvRows::plainCell() {
    const std::size_t end = std::min(m_rest.find_first_of(",\"\r\n"), m_rest.size());
    std::string cell(m_rest.substr(0, end));
    m_rest.remove_prefix(end);
    return cell;
}

Expected<std::string> CsvRows::quotedCell() {
    const CsvRows opening = *this;
    std::string cell;
    for (m_rest.remove_prefix(1);;) {
        const std::size_t end = m_rest.find('"');
        if (end == std::string_view::npos)
            return opening.refuse(ErrorCode::Truncated,
                                  "a quote that opens here is never closed; the file is cut short");
        const std::string_view part = m_rest.substr(0, end);
        cell += part;
        m_line += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
        m_rest.remove_prefix(end + 1);
        if (!take("\"")) return cell;
        cell += '"';
    }
}

Expected<std::vector<std::string>> CsvRows::next() {
    std::vector<std::string> cells;
    for (;;) {
        auto cell = m_rest.starts_with('"') ? quotedCell() : Expected<std::string>(plainCell());
        if (!cell) return tl::unexpected(cell.error());
        cells.push_back(std::move(*cell));
        if (take(",")) continue;
        if (take("\n") || take("\r\n")) break;
        if (m_rest.empty())
            return refuse(ErrorCode::Truncated,
                          "does not end; the file is cut short, or lacks its last line break");
        return refuse(
            ErrorCode::Malformed,
            "column " + std::to_string(cells.size()) +
                ": has a quote or carriage return inside; expected such a cell in quotes");
    }
    ++m_line;
    return cells;
}

} // namespace isentrope
