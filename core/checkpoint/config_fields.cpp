// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/config_fields.h"

#include "core/base/number.h"

#include <cmath>

namespace isentrope {
namespace {

/// Whole numbers only: 12.0 and 1e9 are written by no tool that writes a count.
std::optional<std::int64_t> wholeNumber(const Json& value) {
    if (!value.is_number_integer()) return std::nullopt;
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
    return value.get<std::int64_t>();
}

} // namespace

std::string describeValue(const Json& value) {
    constexpr std::size_t longest = 60;
    std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    if (text.size() > longest) text = text.substr(0, longest) + "…";
    if (value.is_string()) text += " (a text)";
    return text;
}

ConfigFields::ConfigFields(const Json& object, std::string_view source)
    : m_object(object)
    , m_source(source) {}

bool ConfigFields::has(std::string_view field) const {
    return m_object.contains(field);
}

const Json* ConfigFields::find(std::string_view field) {
    const auto found = m_object.find(field);
    if (found != m_object.end()) return &*found;
    m_assumed.emplace_back(field);
    return nullptr;
}

void ConfigFields::refuse(std::string_view field, const std::string& expected, ErrorCode code) {
    if (m_problem) return;
    const auto found = m_object.find(field);
    const std::string value = found == m_object.end() ? "missing" : describeValue(*found);
    m_problem = Error{code, m_source + ": " + std::string(field) + " is " + value + "; expected " +
                                expected};
}

std::int64_t ConfigFields::integer(std::string_view field, std::int64_t fallback, Range range) {
    const Json* value = find(field);
    if (!value) return fallback;
    const auto number = wholeNumber(*value);
    if (number && *number >= range.low && *number <= range.high) return *number;
    refuse(field, "a whole number from " + grouped(range.low) + " to " + grouped(range.high));
    return fallback;
}

double ConfigFields::positive(std::string_view field, double fallback, double high) {
    const Json* value = find(field);
    if (!value) return fallback;
    const double number = value->is_number() ? value->get<double>() : 0;
    if (number > 0 && number <= high) return number;
    refuse(field, "a number above 0, at most " + shortest(high));
    return fallback;
}

bool ConfigFields::boolean(std::string_view field, bool fallback) {
    const Json* value = find(field);
    if (!value) return fallback;
    if (value->is_boolean()) return value->get<bool>();
    refuse(field, "true or false");
    return fallback;
}

std::string ConfigFields::text(std::string_view field, const std::string& fallback) {
    const Json* value = find(field);
    if (!value) return fallback;
    if (value->is_string()) return value->get<std::string>();
    refuse(field, "a text such as \"" + fallback + "\"");
    return fallback;
}

} // namespace isentrope
