// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/notation.h"

#include "core/base/nearest.h"
#include "core/base/number.h"
#include "core/scheme/axis.h"
#include "core/scheme/catalogue.h"
#include "core/scheme/own_formula.h"
#include "core/scheme/part_values.h"
#include "core/scheme/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace isentrope {
namespace {

constexpr std::size_t longestNotation = 10'000;
constexpr std::size_t longestQuoted = 200; // in an error's message

std::string meant(std::string_view word, const std::vector<std::string>& names) {
    const auto near = nearestName(word, names);
    return near ? "; did you mean " + backQuoted(*near) + "?" : std::string();
}

std::string lowered(std::string_view word) {
    std::string lower(word);
    for (char& c : lower) {
        if (isLetter(c) && !isLower(c)) c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

/// Wider than the names of the catalogue, so that a message shows the whole word.
bool belongsToName(char c) {
    return isLetter(c) || isDigit(c) || c == '-' || c == '_' ||
           static_cast<unsigned char>(c) > 0x7F;
}

/// Reads `part + part + …` from left to right. A step that fails has set `problem` and answers
/// false.
class NotationParser {
public:
    NotationParser(std::string_view text, const Catalogue& catalogue)
        : m_text(text)
        , m_catalogue(catalogue) {}

    NotationProblem problem;
    Scheme scheme;

    bool parse() {
        if (m_text.size() > longestNotation)
            return wrong(0, "a notation has at most " + grouped(longestNotation) +
                                " characters; this one has " +
                                grouped(static_cast<std::int64_t>(m_text.size())));
        skipBlanks();
        if (atEnd()) return true;
        do {
            if (!part()) return false;
        } while (takes('+'));
        return atEnd() || wrong(m_at, "expected `+` or the end, found " + found());
    }

private:
    bool wrong(std::size_t at, const std::string& message,
               std::vector<std::string> completions = {}) {
        return wrongAtColumn(columnAt(m_text, at), message, std::move(completions));
    }
    bool wrongAtColumn(std::size_t column, const std::string& message,
                       std::vector<std::string> completions) {
        problem = {column, "column " + std::to_string(column) + ": " + message,
                   std::move(completions)};
        return false;
    }
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] std::string found() const {
        return atEnd() ? "the end" : quotedCharacter(m_text, m_at);
    }
    void skipBlanks() {
        while (!atEnd() && isBlank(m_text[m_at]))
            ++m_at;
    }
    /// Takes the character and the blanks around it.
    bool takes(char wanted) {
        skipBlanks();
        if (atEnd() || m_text[m_at] != wanted) return false;
        ++m_at;
        skipBlanks();
        return true;
    }
    template <class Fits>
    std::string_view word(Fits fits) {
        const std::size_t begin = m_at;
        while (!atEnd() && fits(m_text[m_at]))
            ++m_at;
        return m_text.substr(begin, m_at - begin);
    }

    bool part() {
        const std::size_t begin = m_at;
        const std::string_view name = word(belongsToName);
        if (name.empty())
            return wrong(m_at, "expected the name of a part, found " + found(), freeNames());
        const auto axis = axisCalled(name);
        if (axis && takesOwnFormula(*axis)) return ownFormula(*axis, begin);
        const Entry* const entry = m_catalogue.find(name);
        if (!entry) return unknownName(name, begin);
        if (taken(entry->axis)) return secondPart(*entry, entry->axis, begin);
        if (entry->own) {
            scheme.part(entry->axis) = Part{std::string(axisName(entry->axis)), {}, entry->formula};
            return true;
        }
        scheme.part(entry->axis) = Part{entry->id, {}, {}};
        return !takes('(') || parameters(*entry, scheme.part(entry->axis)->parameters);
    }

    [[nodiscard]] bool taken(Axis axis) const { return scheme.part(axis).has_value(); }

    [[nodiscard]] std::vector<std::string> freeNames() const {
        std::vector<std::string> names;
        for (const Entry& entry : m_catalogue.entries()) {
            if (!taken(entry.axis)) names.push_back(entry.id);
        }
        return names;
    }

    bool unknownName(std::string_view name, std::size_t begin) {
        const std::string lower = lowered(name);
        if (lower != name && m_catalogue.find(lower))
            return wrong(begin, "names are lower case; did you mean " + backQuoted(lower) + "?",
                         {lower});
        const auto near = nearestName(lower, m_catalogue.names());
        if (!near)
            return wrong(
                begin, "no part is called " + backQuoted(name) + "; the catalogue lists the names",
                freeNames());
        const std::string axis(axisName(m_catalogue.find(*near)->axis));
        return wrong(begin,
                     "no " + axis + " is called " + backQuoted(name) + "; did you mean " +
                         backQuoted(*near) + "?",
                     {*near});
    }

    bool secondPart(const Entry& entry, Axis axis, std::size_t begin) {
        const Entry* const first = m_catalogue.find(scheme.part(axis)->name);
        const bool alike = first && !entry.trait.empty() && first->trait == entry.trait;
        return secondPart(axis, begin, alike ? " (and both " + entry.trait + ")" : std::string());
    }
    bool secondPart(Axis axis, std::size_t begin, const std::string& why) {
        const std::string name(axisName(axis));
        return wrong(begin, "a scheme has one " + name + "; " +
                                backQuoted(scheme.part(axis)->name) + " is already there" + why);
    }

    bool ownFormula(Axis axis, std::size_t begin) {
        const std::string name(axisName(axis));
        if (taken(axis)) return secondPart(axis, begin, {});
        const std::string expected = "expected " + name + "(\"FORMULA\"), found ";
        if (!takes('(') || atEnd() || m_text[m_at] != '"') return wrong(m_at, expected + found());
        const std::size_t open = ++m_at;
        const std::size_t close = m_text.find('"', open);
        if (close == std::string_view::npos)
            return wrong(open - 1, "the formula is not closed; expected a second `\"`");
        const std::string_view formula = m_text.substr(open, close - open);
        const auto recipe = ownRecipe(axis, formula);
        if (!recipe)
            return wrongAtColumn(columnAt(m_text, open) + recipe.error().column - 1,
                                 recipe.error().message, recipe.error().completions);
        scheme.part(axis) = Part{name, {}, std::string(trimmed(formula))};
        m_at = close + 1;
        return takes(')') || wrong(m_at, "expected `)`, found " + found());
    }

    bool parameters(const Entry& entry, std::map<std::string, double>& values) {
        if (takes(')')) return true;
        do {
            if (!parameter(entry, values)) return false;
        } while (takes(','));
        return takes(')') || wrong(m_at, "expected `,` or `)`, found " + found());
    }

    bool parameter(const Entry& entry, std::map<std::string, double>& values) {
        std::vector<std::string> keys;
        for (const Parameter& one : entry.parameters) {
            if (!values.contains(one.key)) keys.push_back(one.key);
        }
        const std::size_t begin = m_at;
        if (entry.parameters.empty())
            return wrong(begin, backQuoted(entry.id) + " takes no parameters; expected `)`");
        const std::string_view key =
            word([](char c) { return isLetter(c) || isDigit(c) || c == '_' || c == '.'; });
        if (!takes('=')) return notKeyed(entry, begin, key, std::move(keys));
        const Parameter* const parameter = entry.parameter(key);
        if (!parameter) return unknownKey(entry, key, begin, std::move(keys));
        if (values.contains(parameter->key))
            return wrong(begin, backQuoted(key) + " is given twice; expected it once",
                         std::move(keys));
        return value(entry, *parameter, values[parameter->key]);
    }

    bool unknownKey(const Entry& entry, std::string_view key, std::size_t begin,
                    std::vector<std::string> keys) {
        std::string all;
        std::vector<std::string> names;
        for (const Parameter& one : entry.parameters) {
            names.push_back(one.key);
            all += (all.empty() ? "" : ", ") + one.key;
        }
        return wrong(begin,
                     backQuoted(entry.id) + " has no parameter " + backQuoted(key) + "; it has " +
                         all + meant(key, names),
                     std::move(keys));
    }

    bool notKeyed(const Entry& entry, std::size_t begin, std::string_view key,
                  std::vector<std::string> keys) {
        if (entry.parameter(key))
            return wrong(m_at, "expected `=` and a number after " + backQuoted(key) + ", found " +
                                   found());
        const std::string first = keys.empty() ? entry.parameters.front().key : keys.front();
        const bool number = parseDouble(key).has_value();
        const std::string example = number ? first + "=" + std::string(key) : first + "=…";
        return wrong(begin, "a parameter is written key=value, as in " + backQuoted(example),
                     std::move(keys));
    }

    bool value(const Entry& entry, const Parameter& parameter, double& value) {
        const std::size_t begin = m_at;
        const std::string_view rest = m_text.substr(m_at);
        const std::string_view digits = rest.starts_with('-') ? rest.substr(1) : rest;
        const bool numeric = !digits.empty() && (isDigit(digits[0]) || digits[0] == '.');
        const auto [end, status] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
        if (!numeric || status == std::errc::invalid_argument)
            return wrong(begin, "expected a number for " + parameter.key + ", found " + found());
        m_at += static_cast<std::size_t>(end - rest.data());
        const std::string_view written = m_text.substr(begin, m_at - begin);
        if (status != std::errc() || !inRange(parameter, value))
            return wrong(begin, entry.id + ": " + parameter.key + " is " + std::string(written) +
                                    "; expected " + rangeText(parameter));
        value += 0.0; // never -0
        return true;
    }

    std::string_view m_text;
    const Catalogue& m_catalogue;
    std::size_t m_at = 0;
};

} // namespace

tl::expected<Scheme, NotationProblem> parseNotation(std::string_view text,
                                                    const Catalogue& catalogue) {
    NotationParser parser(text, catalogue);
    if (!parser.parse()) return tl::unexpected(std::move(parser.problem));
    return std::move(parser.scheme);
}

Expected<Scheme> parseScheme(std::string_view text, const Catalogue& catalogue) {
    auto scheme = parseNotation(text, catalogue);
    if (scheme) return std::move(*scheme);
    std::string message = "scheme \"";
    message.append(text.substr(0, byteAt(text, longestQuoted + 1)));
    message += text.size() > longestQuoted ? "…\": " : "\": ";
    return fail(ErrorCode::BadNotation, message + scheme.error().message);
}

} // namespace isentrope
