// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheme/formula.h"

#include <array>
#include <optional>

namespace isentrope {

/// Runs a formula's program over a block of values of one variable at a time. What does not
/// depend on that variable is computed once per block. Lives on the stack and never allocates.
class FormulaMachine {
public:
    static constexpr std::size_t lanes = 128;
    static constexpr std::size_t deepest = 32; ///< operands waiting at once
    static constexpr double longestSum = 65536;

    explicit FormulaMachine(std::span<const double> values);

    /// From here on the variable of `slot` is first, first + 1, … across a block.
    void setLane(std::size_t slot, double first);
    void run(std::span<const Formula::Instruction> code, std::span<double> out);

private:
    using Block = std::array<double, lanes>;

    void execute(std::span<const Formula::Instruction> code);
    void pushNumber(double number);
    void pushVariable(std::size_t slot);
    void sum(const Formula::Instruction& head, std::span<const Formula::Instruction> term);
    void select();
    template <class Function>
    void unary(Function function);
    template <class Function>
    void binary(Function function);
    void widen(std::size_t operand);
    bool applyUnary(Formula::Operation operation);
    void applyBinary(Formula::Operation operation);

    std::array<double, Formula::slotCount> m_values{};
    std::optional<std::size_t> m_laneSlot;
    double m_first = 0;
    std::size_t m_width = 1;
    std::size_t m_height = 0;
    std::array<Block, deepest> m_stack;    ///< only the first m_height are set
    std::array<bool, deepest> m_uniform{}; ///< one value, in lane 0, stands for the whole block
};

} // namespace isentrope
