// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/catalogue_field.h"

namespace isentrope {

CatalogueField::CatalogueField(const Json& value, std::string place)
    : m_value(value)
    , m_place(std::move(place)) {
    if (!value.is_object()) broken("expected an object");
}

void CatalogueField::broken(const std::string& problem) const {
    throw BrokenCatalogue{m_place + ": " + problem};
}

std::string CatalogueField::text(const char* key) const {
    if (!has(key) || !m_value[key].is_string()) broken(std::string("expected a text ") + key);
    return m_value[key].get<std::string>();
}

std::string CatalogueField::text(const char* key, const char* otherwise) const {
    return has(key) ? text(key) : otherwise;
}

std::vector<std::string> CatalogueField::texts(const char* key) const {
    std::vector<std::string> all;
    for (const Json& one : list(key)) {
        if (!one.is_string()) broken(std::string("expected texts in ") + key);
        all.push_back(one.get<std::string>());
    }
    return all;
}

bool CatalogueField::isNumber(const char* key) const {
    return has(key) && m_value[key].is_number();
}

double CatalogueField::number(const char* key) const {
    if (!isNumber(key)) broken(std::string("expected a number ") + key);
    return m_value[key].get<double>();
}

bool CatalogueField::isTrue(const char* key) const {
    return has(key) && m_value[key] == true;
}

const Json& CatalogueField::list(const char* key) const {
    static const Json nothing = Json::array();
    if (!has(key)) return nothing;
    if (!m_value[key].is_array()) broken(std::string("expected a list ") + key);
    return m_value[key];
}

CatalogueField CatalogueField::child(const char* key) const {
    if (!has(key)) broken(std::string("expected ") + key);
    return {m_value[key], m_place + "." + key};
}

Formula CatalogueField::parsed(const std::string& text, const Formula::Grammar& grammar) const {
    auto read = Formula::parse(text, grammar);
    if (!read)
        broken("\"" + text + "\", column " + std::to_string(read.error().column) + ": " +
               read.error().message);
    return std::move(*read);
}

Formula CatalogueField::formula(const char* key, const Formula::Grammar& grammar) const {
    return parsed(text(key), grammar);
}

std::optional<Formula> CatalogueField::maybeFormula(const char* key,
                                                    const Formula::Grammar& grammar) const {
    if (!has(key)) return std::nullopt;
    return formula(key, grammar);
}

} // namespace isentrope
