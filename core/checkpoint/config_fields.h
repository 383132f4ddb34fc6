// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

/// The fields of a configuration, read one after the other. A missing field takes its default
/// and is noted as assumed; the first field that is there and wrong becomes the problem, and
/// everything read after it is a default that nobody uses.
class ConfigFields {
public:
    struct Range {
        std::int64_t low, high;
    };

    /// `object` must outlive this; `source` names the file in messages.
    ConfigFields(const Json& object, std::string_view source);

    [[nodiscard]] std::int64_t integer(std::string_view field, std::int64_t fallback, Range range);
    /// A finite number greater than zero and at most `high`.
    [[nodiscard]] double positive(std::string_view field, double fallback, double high);
    [[nodiscard]] bool boolean(std::string_view field, bool fallback);
    [[nodiscard]] std::string text(std::string_view field, const std::string& fallback);

    [[nodiscard]] bool has(std::string_view field) const;
    /// Notes a problem of our own with `field`, such as a name that nobody knows.
    void refuse(std::string_view field, const std::string& expected,
                ErrorCode code = ErrorCode::OutOfRange);

    [[nodiscard]] const std::optional<Error>& problem() const { return m_problem; }
    [[nodiscard]] const std::vector<std::string>& assumed() const { return m_assumed; }

private:
    /// The field's value, or nothing: then the field was noted as assumed.
    [[nodiscard]] const Json* find(std::string_view field);

    const Json& m_object;
    std::string m_source;
    std::vector<std::string> m_assumed;
    std::optional<Error> m_problem;
};

/// A JSON value for a message: at most 60 characters, its kind named where that helps.
[[nodiscard]] std::string describeValue(const Json& value);

} // namespace isentrope
