// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

/// Takes the rows off a CSV text (RFC 4180, LF or CR LF) one after another, counting lines.
class CsvRows {
public:
    /// Both must outlive it. `source` begins the message of an error.
    CsvRows(std::string_view text, std::string_view source)
        : m_rest(text)
        , m_source(source) {}

    [[nodiscard]] bool atEnd() const { return m_rest.empty(); }
    /// The line the next row begins at, from 1; a quoted cell may hold several.
    [[nodiscard]] std::size_t line() const { return m_line; }
    [[nodiscard]] Expected<std::vector<std::string>> next();

private:
    [[nodiscard]] tl::unexpected<Error> refuse(ErrorCode code, const std::string& problem) const;
    bool take(std::string_view sign);
    std::string plainCell();
    Expected<std::string> quotedCell();

    std::string_view m_rest;
    std::string_view m_source;
    std::size_t m_line = 1;
};

} // namespace isentrope
