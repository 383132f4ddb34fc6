// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/nearest.h"
#include "core/scheme/formula.h"
#include "core/scheme/formula_machine.h"
#include "core/scheme/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <numbers>
#include <optional>
#include <utility>

namespace isentrope {
namespace {

using Operation = Formula::Operation;
using Instruction = Formula::Instruction;

constexpr std::size_t longestText = 2000;
constexpr std::size_t longestProgram = 1000;
constexpr int deepestNesting = 48;

struct Function {
    std::string_view name;
    Operation operation;
    std::size_t arguments;
    bool extended;
};

constexpr std::array functions = {
    Function{"ln", Operation::Ln, 1, false},    Function{"log2", Operation::Log2, 1, false},
    Function{"exp", Operation::Exp, 1, false},  Function{"sqrt", Operation::Sqrt, 1, false},
    Function{"abs", Operation::Abs, 1, false},  Function{"min", Operation::Min, 2, false},
    Function{"max", Operation::Max, 2, false},  Function{"floor", Operation::Floor, 1, false},
    Function{"ceil", Operation::Ceil, 1, true}, Function{"round", Operation::Round, 1, true},
    Function{"cos", Operation::Cos, 1, true},   Function{"sin", Operation::Sin, 1, true},
    Function{"if", Operation::If, 3, true},
};

struct Infix {
    std::string_view sign;
    Operation operation;
    int binding;
    bool extended;
};

constexpr int loosest = 0;
constexpr int minusBinding = 4;
constexpr int powerBinding = 5;
// Two-character signs stand before their beginnings.
constexpr std::array infixes = {
    Infix{"<=", Operation::LessEqual, 1, true},
    Infix{">=", Operation::GreaterEqual, 1, true},
    Infix{"<", Operation::Less, 1, true},
    Infix{">", Operation::Greater, 1, true},
    Infix{"+", Operation::Add, 2, false},
    Infix{"-", Operation::Subtract, 2, false},
    Infix{"*", Operation::Multiply, 3, false},
    Infix{"/", Operation::Divide, 3, false},
    Infix{"^", Operation::Power, powerBinding, false},
};

std::size_t operands(Operation operation) {
    switch (operation) {
    case Operation::Number:
    case Operation::Variable:
        return 0;
    case Operation::If:
        return 3;
    case Operation::Sum:
        return 2;
    default:
        break;
    }
    const bool two = (operation >= Operation::Add && operation <= Operation::GreaterEqual) ||
                     operation == Operation::Min || operation == Operation::Max;
    return two ? 2 : 1;
}

/// The most operands that wait at once while a program runs. The term of a sum leaves one more
/// than it found, which is added to the sum at the term's end.
std::size_t tallest(const std::vector<Instruction>& code) {
    std::size_t height = 0;
    std::size_t most = 0;
    std::vector<std::size_t> termEnds;
    for (std::size_t at = 0; at < code.size(); ++at) {
        height += 1 - operands(code[at].operation);
        if (code[at].operation == Operation::Sum) termEnds.push_back(at + code[at].length);
        most = std::max(most, height);
        while (!termEnds.empty() && termEnds.back() == at) {
            termEnds.pop_back();
            --height;
        }
    }
    return most;
}

/// A Pratt parser: each step reads one operand and every operator that binds tighter than asked.
/// A step that fails has set `problem` and answers false.
class Parser {
public:
    Parser(std::string_view text, const Formula::Grammar& grammar)
        : m_text(text)
        , m_grammar(grammar) {}

    FormulaProblem problem;

    bool parse() {
        if (m_text.size() > longestText)
            return wrong(0, "a formula has at most " + std::to_string(longestText) +
                                " characters; this one has " + std::to_string(m_text.size()));
        if (!expression(loosest)) return false;
        skipBlanks();
        if (m_at < m_text.size())
            return wrong(m_at, "expected an operator or the end, found " + found());
        return tallest(m_code) <= FormulaMachine::deepest ||
               wrong(0, "the formula is nested too deep");
    }
    std::vector<Instruction> take() { return std::move(m_code); }

private:
    bool wrong(std::size_t at, std::string message, std::vector<std::string> completions = {}) {
        problem = {columnAt(m_text, at), std::move(message), std::move(completions)};
        return false;
    }
    void skipBlanks() {
        while (m_at < m_text.size() && isBlank(m_text[m_at]))
            ++m_at;
    }
    bool takes(char wanted) {
        skipBlanks();
        if (m_at >= m_text.size() || m_text[m_at] != wanted) return false;
        ++m_at;
        return true;
    }
    [[nodiscard]] std::string found() const {
        return m_at < m_text.size() ? quotedCharacter(m_text, m_at) : "the end";
    }

    bool emit(const Instruction& instruction) {
        if (m_code.size() >= longestProgram) return wrong(m_at, "the formula is too long");
        m_code.push_back(instruction);
        return true;
    }
    bool emit(Operation operation) { return emit({operation, 0, 0, 0}); }
    bool emitNumber(double number) { return emit({Operation::Number, 0, 0, number}); }
    bool emitVariable(std::size_t slot) {
        return emit({Operation::Variable, static_cast<std::uint32_t>(slot), 0, 0});
    }

    bool expression(int binding) {
        if (++m_depth > deepestNesting) return wrong(m_at, "the formula is nested too deep");
        if (!operand()) return false;
        while (const Infix* infix = infixHere(binding)) {
            m_at += infix->sign.size();
            const bool rightAssociative = infix->operation == Operation::Power;
            if (!expression(rightAssociative ? infix->binding - 1 : infix->binding)) return false;
            if (!emit(infix->operation)) return false;
        }
        --m_depth;
        return true;
    }

    const Infix* infixHere(int binding) {
        skipBlanks();
        for (const Infix& infix : infixes) {
            if (infix.extended && !m_grammar.extended) continue;
            if (m_text.substr(m_at).starts_with(infix.sign))
                return infix.binding > binding ? &infix : nullptr;
        }
        return nullptr;
    }

    bool operand() {
        skipBlanks();
        if (takes('-')) return expression(minusBinding) && emit(Operation::Negate);
        if (takes('(')) return expression(loosest) && closes();
        if (m_at < m_text.size() && (isDigit(m_text[m_at]) || m_text[m_at] == '.')) return number();
        if (m_at < m_text.size() && isLetter(m_text[m_at])) return name();
        return wrong(m_at, "expected a number, a name or `(`, found " + found());
    }

    bool closes() { return takes(')') || wrong(m_at, "expected `)`, found " + found()); }

    bool number() {
        double value = 0;
        const char* begin = m_text.data() + m_at;
        const auto [end, status] = std::from_chars(begin, m_text.data() + m_text.size(), value);
        if (status == std::errc::result_out_of_range)
            return wrong(m_at, "the number does not fit in double precision");
        if (status != std::errc())
            return wrong(m_at, "expected a number, found " + quotedCharacter(m_text, m_at));
        m_at += static_cast<std::size_t>(end - begin);
        return emitNumber(value);
    }

    bool name() {
        const std::size_t begin = m_at;
        while (m_at < m_text.size() &&
               (isLetter(m_text[m_at]) || isDigit(m_text[m_at]) || m_text[m_at] == '_'))
            ++m_at;
        const std::string_view word = m_text.substr(begin, m_at - begin);
        skipBlanks();
        const bool called = m_at < m_text.size() && m_text[m_at] == '(';
        if (called && m_grammar.extended && word == "sum") return sum();
        for (const Function& function : functions) {
            if (called && function.name == word && (m_grammar.extended || !function.extended))
                return call(function);
        }
        return variable(word, begin);
    }

    bool variable(std::string_view word, std::size_t begin) {
        if (m_index == word) return emitVariable(m_grammar.indexSlot);
        const auto& names = m_grammar.names;
        const auto known =
            std::ranges::find(names.rbegin(), names.rend(), word, &Formula::Name::text);
        if (known != names.rend()) return emitVariable(known->slot);
        for (const Formula::Definition& definition : m_grammar.definitions) {
            if (definition.name == word) return inlined(definition.formula);
        }
        if (m_grammar.extended && word == "pi") return emitNumber(std::numbers::pi);
        return unknown(word, begin);
    }

    bool unknown(std::string_view word, std::size_t begin) {
        std::vector<std::string> known;
        for (const Formula::Name& name : m_grammar.names) {
            if (!name.alias) known.push_back(name.text);
        }
        std::string list;
        for (const std::string& text : known)
            list += (list.empty() ? "" : ", ") + text;
        for (const Function& function : functions) {
            if (function.extended && !m_grammar.extended) continue;
            if (function.name == word)
                return wrong(m_at, "expected `(` after " + backQuoted(word) + ", found " + found());
            known.emplace_back(function.name);
        }
        std::string message = "unknown " + backQuoted(word) + "; known are " + list;
        const auto near = word.size() > 1 ? nearestName(word, known) : std::nullopt;
        if (near) message += "; did you mean " + backQuoted(*near) + "?";
        return wrong(begin, std::move(message), std::move(known));
    }

    bool inlined(const Formula& formula) {
        return std::ranges::all_of(
            formula.code(), [this](const Instruction& instruction) { return emit(instruction); });
    }

    bool call(const Function& function) {
        const std::string name(function.name);
        takes('(');
        for (std::size_t argument = 0; argument < function.arguments; ++argument) {
            if (argument > 0 && !takes(','))
                return wrong(m_at, "expected `,`: " + name + " takes " +
                                       std::to_string(function.arguments) + " values, found " +
                                       found());
            if (!expression(loosest)) return false;
        }
        return closes() && emit(function.operation);
    }

    /// sum(index, from, to, term)
    bool sum() {
        if (!m_index.empty()) return wrong(m_at, "a sum cannot stand in a sum");
        takes('(');
        skipBlanks();
        const std::size_t begin = m_at;
        while (m_at < m_text.size() && isLetter(m_text[m_at]))
            ++m_at;
        const std::string_view index = m_text.substr(begin, m_at - begin);
        if (index.empty()) return wrong(m_at, "expected the name of the index, found " + found());
        if (!comma() || !expression(loosest) || !comma() || !expression(loosest) || !comma())
            return false;
        const std::size_t head = m_code.size();
        if (!emit({Operation::Sum, static_cast<std::uint32_t>(m_grammar.indexSlot), 0, 0}))
            return false;
        m_index = index;
        if (!expression(loosest) || !closes()) return false;
        m_index = {};
        m_code[head].length = static_cast<std::uint32_t>(m_code.size() - head - 1);
        return true;
    }

    bool comma() { return takes(',') || wrong(m_at, "expected `,`, found " + found()); }

    std::string_view m_text;
    const Formula::Grammar& m_grammar;
    std::size_t m_at = 0;
    int m_depth = 0;
    std::string_view m_index; ///< of the sum whose term is being read
    std::vector<Instruction> m_code;
};

} // namespace

tl::expected<Formula, FormulaProblem> Formula::parse(std::string_view text,
                                                     const Grammar& grammar) {
    Parser parser(text, grammar);
    if (!parser.parse()) return tl::unexpected(std::move(parser.problem));
    Formula formula;
    formula.m_code = parser.take();
    return formula;
}

} // namespace isentrope
