// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/npy_header.h"

#include "core/base/number.h"

#include <algorithm>
#include <optional>

namespace isentrope {
namespace {

constexpr std::size_t mostDimensions = 32;

/// Walks the one Python literal a header may be: {'descr': '<f4', 'fortran_order': False,
/// 'shape': (3, 4), }.
class Walk {
public:
    explicit Walk(std::string_view text)
        : m_rest(text) {}

    /// The next sign, white space before it skipped; false where another stands there.
    bool take(char sign) {
        skipSpace();
        if (!m_rest.starts_with(sign)) return false;
        m_rest.remove_prefix(1);
        return true;
    }

    std::optional<std::string> text() {
        skipSpace();
        if (m_rest.empty() || (m_rest.front() != '\'' && m_rest.front() != '"'))
            return std::nullopt;
        const std::size_t end = m_rest.find(m_rest.front(), 1);
        if (end == std::string_view::npos) return std::nullopt;
        const std::string found(m_rest.substr(1, end - 1));
        m_rest.remove_prefix(end + 1);
        return found;
    }

    std::optional<bool> truth() {
        if (word("False")) return false;
        if (word("True")) return true;
        return std::nullopt;
    }

    std::optional<std::vector<std::int64_t>> tuple() {
        std::vector<std::int64_t> sizes;
        if (!take('(')) return std::nullopt;
        while (!take(')')) {
            const auto size = number();
            if (!size || sizes.size() == mostDimensions) return std::nullopt;
            sizes.push_back(*size);
            if (take(',')) continue;
            // A tuple of one needs its comma: (3) is a number to Python.
            if (sizes.size() < 2 || !take(')')) return std::nullopt;
            break;
        }
        return sizes;
    }

    bool atEnd() {
        skipSpace();
        return m_rest.empty();
    }

private:
    void skipSpace() {
        m_rest.remove_prefix(std::min(m_rest.find_first_not_of(" \n"), m_rest.size()));
    }

    bool word(std::string_view expected) {
        skipSpace();
        if (!m_rest.starts_with(expected)) return false;
        m_rest.remove_prefix(expected.size());
        return true;
    }

    std::optional<std::int64_t> number() {
        skipSpace();
        const std::size_t end = std::min(m_rest.find_first_not_of("0123456789"), m_rest.size());
        const auto value = parseInteger(m_rest.substr(0, end));
        m_rest.remove_prefix(end);
        return value;
    }

    std::string_view m_rest;
};

struct Literal {
    std::optional<std::string> descr;
    std::optional<bool> fortranOrder;
    std::optional<std::vector<std::int64_t>> shape;
};

bool readEntry(Walk& walk, Literal& literal) {
    const auto key = walk.text();
    if (!key || !walk.take(':')) return false;
    if (key == "descr" && !literal.descr) return (literal.descr = walk.text()).has_value();
    if (key == "fortran_order" && !literal.fortranOrder)
        return (literal.fortranOrder = walk.truth()).has_value();
    if (key == "shape" && !literal.shape) return (literal.shape = walk.tuple()).has_value();
    return false;
}

std::optional<Literal> readLiteral(std::string_view dictionary) {
    Walk walk(dictionary);
    Literal literal;
    if (!walk.take('{')) return std::nullopt;
    while (!walk.take('}')) {
        if (!readEntry(walk, literal)) return std::nullopt;
        if (walk.take(',')) continue;
        if (!walk.take('}')) return std::nullopt;
        break;
    }
    const bool complete = literal.descr && literal.fortranOrder && literal.shape;
    if (!complete || !walk.atEnd()) return std::nullopt;
    return literal;
}

std::string_view npyName(NumberType type) {
    switch (type) {
    case NumberType::F32:
        return "<f4";
    case NumberType::F64:
        return "<f8";
    case NumberType::I64:
        return "<i8";
    }
    return "<f4";
}

Expected<NumberType> typeOfDescr(const std::string& descr, const std::string& source) {
    for (const NumberType type : {NumberType::F32, NumberType::F64, NumberType::I64})
        if (descr == npyName(type)) return type;
    if (descr.find('O') != std::string::npos)
        return fail(ErrorCode::Unsafe,
                    source + ": holds Python objects, which would run code when read; save it "
                             "again as numbers");
    return fail(ErrorCode::Unsupported,
                source + ": holds numbers of type \"" + descr + "\"; expected <f4, <f8 or <i8");
}

} // namespace

std::string npyHeaderText(const NpyHeader& header) {
    std::string text =
        "{'descr': '" + std::string(npyName(header.type)) + "', 'fortran_order': False, 'shape': (";
    for (const std::int64_t size : header.shape)
        text += std::to_string(size) + (header.shape.size() == 1 ? "," : ", ");
    if (header.shape.size() > 1) text.resize(text.size() - 2);
    text += "), }";
    constexpr std::size_t alignment = 64;
    constexpr std::size_t before = 10; // magic, version, length
    text.append(alignment - (before + text.size() + 1) % alignment, ' ');
    text += '\n';
    std::string begin = "\x93NUMPY\x01";
    begin += '\0';
    begin += static_cast<char>(text.size() & 0xff);
    begin += static_cast<char>(text.size() >> 8);
    return begin + text;
}

Expected<NpyHeader> parseNpyHeader(std::string_view dictionary, const std::string& source) {
    const auto literal = readLiteral(dictionary);
    if (!literal)
        return fail(ErrorCode::Malformed,
                    source + ": its header cannot be understood; expected a dictionary with descr, "
                             "fortran_order and shape");
    const auto type = typeOfDescr(*literal->descr, source);
    if (!type) return tl::unexpected(type.error());
    if (*literal->fortranOrder)
        return fail(ErrorCode::Unsupported,
                    source + ": is stored column by column; save it again in C order");
    return NpyHeader{*type, *literal->shape};
}

} // namespace isentrope
