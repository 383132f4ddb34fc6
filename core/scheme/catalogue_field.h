// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/scheme/formula.h"

#include <optional>
#include <string>
#include <vector>

namespace isentrope {

/// Thrown while a catalogue is read and caught at its boundary: it is read no further.
struct BrokenCatalogue {
    std::string message;
};

/// One JSON object with its place ("yarn.position") for messages. Reading what is not there, or
/// is of another kind, throws BrokenCatalogue.
class CatalogueField {
public:
    CatalogueField(const Json& value, std::string place);

    [[noreturn]] void broken(const std::string& problem) const;
    [[nodiscard]] bool has(const char* key) const { return m_value.contains(key); }
    [[nodiscard]] std::string text(const char* key) const;
    [[nodiscard]] std::string text(const char* key, const char* otherwise) const;
    [[nodiscard]] std::vector<std::string> texts(const char* key) const;
    [[nodiscard]] double number(const char* key) const;
    [[nodiscard]] bool isNumber(const char* key) const;
    [[nodiscard]] bool isTrue(const char* key) const;
    /// Empty where the key is absent.
    [[nodiscard]] const Json& list(const char* key) const;
    [[nodiscard]] CatalogueField child(const char* key) const;

    [[nodiscard]] Formula parsed(const std::string& text, const Formula::Grammar& grammar) const;
    [[nodiscard]] Formula formula(const char* key, const Formula::Grammar& grammar) const;
    [[nodiscard]] std::optional<Formula> maybeFormula(const char* key,
                                                      const Formula::Grammar& grammar) const;

    template <class Value>
    struct Choice {
        std::string_view name;
        Value value;
    };
    template <class Value, std::size_t count>
    [[nodiscard]] Value choose(const char* key, const Choice<Value> (&choices)[count]) const {
        const std::string name = text(key);
        for (const Choice<Value>& choice : choices) {
            if (choice.name == name) return choice.value;
        }
        broken(std::string(key) + " is \"" + name + "\", which is not known");
    }

private:
    const Json& m_value;
    std::string m_place;
};

} // namespace isentrope
