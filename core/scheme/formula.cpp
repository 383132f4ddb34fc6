// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/formula.h"

#include "core/scheme/formula_machine.h"

#include <algorithm>

namespace isentrope {

bool Formula::uses(std::size_t slot) const {
    return std::any_of(m_code.begin(), m_code.end(), [&](const Instruction& instruction) {
        return instruction.operation == Operation::Variable && instruction.slot == slot;
    });
}

double Formula::value(std::span<const double> values) const {
    double result = 0;
    FormulaMachine(values).run(m_code, {&result, 1});
    return result;
}

void Formula::fill(std::span<const double> values, std::size_t slot, std::span<double> out) const {
    FormulaMachine machine(values);
    for (std::size_t at = 0; at < out.size(); at += FormulaMachine::lanes) {
        const std::size_t width = std::min(FormulaMachine::lanes, out.size() - at);
        machine.setLane(slot, static_cast<double>(at));
        machine.run(m_code, out.subspan(at, width));
    }
}

} // namespace isentrope
