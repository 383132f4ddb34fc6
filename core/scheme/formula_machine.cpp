// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/formula_machine.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace isentrope {
namespace {

using Operation = Formula::Operation;

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

// Unlike std::min and std::max these never hide an operand that is not a number.
double smaller(double a, double b) {
    return a < b ? a : b <= a ? b : notANumber;
}
double larger(double a, double b) {
    return a > b ? a : b >= a ? b : notANumber;
}

} // namespace

FormulaMachine::FormulaMachine(std::span<const double> values) {
    std::copy_n(values.begin(), std::min(values.size(), m_values.size()), m_values.begin());
}

void FormulaMachine::setLane(std::size_t slot, double first) {
    m_laneSlot = slot;
    m_first = first;
}

void FormulaMachine::run(std::span<const Formula::Instruction> code, std::span<double> out) {
    m_width = out.size();
    m_height = 0;
    execute(code);
    widen(0);
    std::copy_n(m_stack[0].begin(), out.size(), out.begin());
}

void FormulaMachine::execute(std::span<const Formula::Instruction> code) {
    for (std::size_t at = 0; at < code.size(); ++at) {
        const Formula::Instruction& instruction = code[at];
        switch (instruction.operation) {
        case Operation::Number:
            pushNumber(instruction.number);
            break;
        case Operation::Variable:
            pushVariable(instruction.slot);
            break;
        case Operation::If:
            select();
            break;
        case Operation::Sum:
            sum(instruction, code.subspan(at + 1, instruction.length));
            at += instruction.length;
            break;
        default:
            if (!applyUnary(instruction.operation)) applyBinary(instruction.operation);
        }
    }
}

void FormulaMachine::pushNumber(double number) {
    m_stack[m_height][0] = number;
    m_uniform[m_height++] = true;
}

void FormulaMachine::pushVariable(std::size_t slot) {
    if (slot != m_laneSlot) return pushNumber(m_values[slot]);
    Block& block = m_stack[m_height];
    for (std::size_t x = 0; x < m_width; ++x)
        block[x] = m_first + static_cast<double>(x);
    m_uniform[m_height++] = false;
}

/// A sum's bounds are numbers, equal across the block; its term may vary.
void FormulaMachine::sum(const Formula::Instruction& head,
                         std::span<const Formula::Instruction> term) {
    const double to = m_stack[--m_height][0];
    const double from = m_stack[--m_height][0];
    if (!(to - from < longestSum)) return pushNumber(notANumber);
    pushNumber(0);
    for (double step = 0; step <= to - from; step += 1) {
        m_values[head.slot] = from + step;
        execute(term);
        binary([](double a, double b) { return a + b; });
    }
}

void FormulaMachine::select() {
    m_height -= 2;
    const std::size_t at = m_height - 1;
    const bool uniform = m_uniform[at] && m_uniform[at + 1] && m_uniform[at + 2];
    if (!uniform) {
        for (std::size_t operand = at; operand < at + 3; ++operand)
            widen(operand);
    }
    const std::size_t width = uniform ? 1 : m_width;
    for (std::size_t x = 0; x < width; ++x)
        m_stack[at][x] = m_stack[at][x] != 0 ? m_stack[at + 1][x] : m_stack[at + 2][x];
}

void FormulaMachine::widen(std::size_t operand) {
    if (!m_uniform[operand]) return;
    std::fill_n(m_stack[operand].begin(), m_width, m_stack[operand][0]);
    m_uniform[operand] = false;
}

template <class Function>
void FormulaMachine::unary(Function function) {
    Block& block = m_stack[m_height - 1];
    const std::size_t width = m_uniform[m_height - 1] ? 1 : m_width;
    for (std::size_t x = 0; x < width; ++x)
        block[x] = function(block[x]);
}

template <class Function>
void FormulaMachine::binary(Function function) {
    --m_height;
    const std::size_t left = m_height - 1;
    const std::size_t right = m_height;
    const bool uniform = m_uniform[left] && m_uniform[right];
    if (!uniform) {
        widen(left);
        widen(right);
    }
    const std::size_t width = uniform ? 1 : m_width;
    for (std::size_t x = 0; x < width; ++x)
        m_stack[left][x] = function(m_stack[left][x], m_stack[right][x]);
}

bool FormulaMachine::applyUnary(Operation operation) {
    switch (operation) {
    case Operation::Negate:
        unary([](double a) { return -a; });
        return true;
    case Operation::Ln:
        unary([](double a) { return std::log(a); });
        return true;
    case Operation::Log2:
        unary([](double a) { return std::log2(a); });
        return true;
    case Operation::Exp:
        unary([](double a) { return std::exp(a); });
        return true;
    case Operation::Sqrt:
        unary([](double a) { return std::sqrt(a); });
        return true;
    case Operation::Abs:
        unary([](double a) { return std::abs(a); });
        return true;
    case Operation::Floor:
        unary([](double a) { return std::floor(a); });
        return true;
    case Operation::Ceil:
        unary([](double a) { return std::ceil(a); });
        return true;
    case Operation::Round:
        unary([](double a) { return std::round(a); });
        return true;
    case Operation::Cos:
        unary([](double a) { return std::cos(a); });
        return true;
    case Operation::Sin:
        unary([](double a) { return std::sin(a); });
        return true;
    default:
        return false;
    }
}

void FormulaMachine::applyBinary(Operation operation) {
    switch (operation) {
    case Operation::Add:
        return binary([](double a, double b) { return a + b; });
    case Operation::Subtract:
        return binary([](double a, double b) { return a - b; });
    case Operation::Multiply:
        return binary([](double a, double b) { return a * b; });
    case Operation::Divide:
        return binary([](double a, double b) { return a / b; });
    case Operation::Power:
        return binary([](double a, double b) { return std::pow(a, b); });
    case Operation::Less:
        return binary([](double a, double b) { return a < b ? 1.0 : 0.0; });
    case Operation::LessEqual:
        return binary([](double a, double b) { return a <= b ? 1.0 : 0.0; });
    case Operation::Greater:
        return binary([](double a, double b) { return a > b ? 1.0 : 0.0; });
    case Operation::GreaterEqual:
        return binary([](double a, double b) { return a >= b ? 1.0 : 0.0; });
    case Operation::Min:
        return binary(smaller);
    default: // Max: execute() has taken every other operation
        return binary(larger);
    }
}

} // namespace isentrope
