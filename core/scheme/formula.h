// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace isentrope {

/// Why a formula cannot be read, where, and what is known there.
struct FormulaProblem {
    std::size_t column = 1; ///< in characters from 1
    std::string message;    ///< without the column
    std::vector<std::string> completions;
};

/// An arithmetic expression compiled to a postfix program. Hand-written and not a library, since
/// a person's formula must have columns in its errors, no assignments, the C locale, a bounded
/// cost, and evaluation from several threads at once.
///
/// `^` is right associative and binds tighter than the unary minus: -2^2 = -4.
class Formula {
public:
    struct Name {
        std::string text;
        std::size_t slot;   ///< where its value stands in the array given to the evaluation
        bool alias = false; ///< a second name, not listed in messages
    };
    /// A helper of the catalogue: its program is put in the place of its name.
    struct Definition;
    /// What a formula may speak of. A later name hides an earlier one.
    struct Grammar {
        std::vector<Name> names;
        std::vector<Definition> definitions;
        /// Adds ceil, round, cos, sin, pi, < <= > >=, if(c, a, b) and sum(j, from, to, term),
        /// whose index j takes the slot `indexSlot`: the language of the catalogue.
        bool extended = false;
        std::size_t indexSlot = 0;
    };

    /// Values a program is run on; every slot of its grammar must lie below.
    static constexpr std::size_t slotCount = 48;

    [[nodiscard]] static tl::expected<Formula, FormulaProblem> parse(std::string_view text,
                                                                     const Grammar& grammar);

    [[nodiscard]] bool uses(std::size_t slot) const;
    [[nodiscard]] double value(std::span<const double> values) const;
    /// out[x] = the value where the variable of `slot` is x = 0, 1, 2, …
    void fill(std::span<const double> values, std::size_t slot, std::span<double> out) const;

    enum class Operation : std::uint8_t {
        Number,
        Variable,
        Negate,
        Add,
        Subtract,
        Multiply,
        Divide,
        Power,
        Less,
        LessEqual,
        Greater,
        GreaterEqual,
        Ln,
        Log2,
        Exp,
        Sqrt,
        Abs,
        Floor,
        Ceil,
        Round,
        Cos,
        Sin,
        Min,
        Max,
        If,
        Sum,
    };
    struct Instruction {
        Operation operation = Operation::Number;
        std::uint32_t slot = 0;   ///< of a variable, or of the index of a sum
        std::uint32_t length = 0; ///< instructions of a sum's term, which follow it
        double number = 0;
    };

    [[nodiscard]] std::span<const Instruction> code() const { return m_code; }

private:
    std::vector<Instruction> m_code;
};

struct Formula::Definition {
    // The term of a sum must not use a definition that is itself a sum: both share the index.
    std::string name;
    Formula formula;
};

} // namespace isentrope
