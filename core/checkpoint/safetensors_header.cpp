// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/safetensors_header.h"

#include "core/checkpoint/tensor_layout.h"
#include "core/checkpoint/tensor_name.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

namespace isentrope {
namespace {

using Json = nlohmann::json;

constexpr std::size_t mostRecords = 500'000;
constexpr std::size_t deepestIgnored = 64;

/// Follows the events of the JSON parser; the first thing out of place ends the walk.
class HeaderWalk : public nlohmann::json_sax<Json> {
public:
    SafetensorsHeader header;
    std::string problem;

    bool null() override { return ignoring() || misplaced("null"); }
    bool boolean(bool) override { return ignoring() || misplaced("a truth value"); }
    bool binary(binary_t&) override { return misplaced("binary data"); }
    bool number_integer(number_integer_t value) override {
        return ignoring() || misplaced(std::to_string(value));
    }
    bool number_float(number_float_t, const string_t& text) override {
        return ignoring() || misplaced(text.substr(0, 40));
    }

    bool number_unsigned(number_unsigned_t value) override {
        if (m_place == Place::Shape) return addSize(value);
        if (m_place == Place::Offsets) return addOffset(value);
        return ignoring() || misplaced(std::to_string(value));
    }

    bool string(string_t& text) override {
        if (m_place == Place::Metadata) {
            if (header.metadata.emplace(m_key, text).second) return true;
            return refuse("the key " + inQuotes(m_key) + " stands twice in __metadata__");
        }
        if (m_place == Place::Record && m_field == Field::Type) {
            header.records.back().type = text;
            return true;
        }
        return ignoring() || misplaced("the text " + inQuotes(text));
    }

    bool key(string_t& name) override {
        if (m_place == Place::Record) return beginField(name);
        if (m_place != Place::Ignored) m_key = name;
        return true;
    }

    bool start_object(std::size_t) override {
        if (m_place == Place::Outside) return enter(Place::Root);
        if (m_place == Place::Root)
            return m_key == "__metadata__" ? beginMetadata() : beginRecord();
        return ignoring() ? ignoreDeeper() : misplaced("an object");
    }

    bool end_object() override {
        if (m_place == Place::Ignored) return ignoreLess();
        if (m_place == Place::Record && !m_seen.complete())
            return refuse("the tensor " + inQuotes(m_key) + " lacks " + m_seen.missing());
        return enter(m_place == Place::Root ? Place::Outside : Place::Root);
    }

    bool start_array(std::size_t) override {
        if (m_place == Place::Record && m_field == Field::Shape) return enter(Place::Shape);
        if (m_place == Place::Record && m_field == Field::Offsets) return enter(Place::Offsets);
        return ignoring() ? ignoreDeeper() : misplaced("an array");
    }

    bool end_array() override {
        if (m_place == Place::Ignored) return ignoreLess();
        if (m_place == Place::Offsets && m_offsets != 2)
            return refuse("data_offsets of the tensor " + inQuotes(m_key) + " has " +
                          std::to_string(m_offsets) + " numbers, expected begin and end");
        return enter(Place::Record);
    }

    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception&) override {
        return refuse("is not JSON at byte " + std::to_string(position));
    }

private:
    enum class Place { Outside, Root, Metadata, Record, Shape, Offsets, Ignored };
    enum class Field { Type, Shape, Offsets, Other };

    /// Which of the three fields of a tensor were met.
    struct Seen {
        std::array<bool, 3> field{};

        [[nodiscard]] bool complete() const { return field[0] && field[1] && field[2]; }
        [[nodiscard]] std::string missing() const {
            return field[0] ? field[1] ? "data_offsets" : "shape" : "dtype";
        }
    };

    bool refuse(std::string text) {
        problem = std::move(text);
        return false;
    }

    bool misplaced(const std::string& what) {
        switch (m_place) {
        case Place::Outside:
            return refuse("is " + what + ", expected an object of tensors");
        case Place::Root:
            return refuse("has " + what + " under " + inQuotes(m_key) + ", expected an object");
        case Place::Metadata:
            return refuse("has " + what + " in __metadata__ under " + inQuotes(m_key) +
                          ", expected text");
        default:
            return refuse("has " + what + " in " + fieldName() + " of the tensor " +
                          inQuotes(m_key) + ", expected " + fieldForm());
        }
    }

    [[nodiscard]] std::string fieldName() const {
        return m_field == Field::Type    ? "dtype"
               : m_field == Field::Shape ? "shape"
                                         : "data_offsets";
    }
    [[nodiscard]] std::string fieldForm() const {
        return m_field == Field::Type ? "text" : "an array of whole numbers from 0 on";
    }

    [[nodiscard]] bool ignoring() const {
        return m_place == Place::Ignored || (m_place == Place::Record && m_field == Field::Other);
    }

    bool enter(Place place) {
        m_place = place;
        return true;
    }

    bool ignoreDeeper() {
        if (++m_ignored > deepestIgnored)
            return refuse("is nested deeper than " + std::to_string(deepestIgnored) + " levels");
        return enter(Place::Ignored);
    }

    bool ignoreLess() { return --m_ignored > 0 || enter(Place::Record); }

    bool beginMetadata() {
        if (std::exchange(m_metadataSeen, true)) return refuse("has __metadata__ twice");
        return enter(Place::Metadata);
    }

    bool beginRecord() {
        if (const auto wrong = tensorNameProblem(m_key))
            return refuse("the tensor name " + inQuotes(m_key) + " " + *wrong);
        if (header.records.size() >= mostRecords)
            return refuse("lists more than " + std::to_string(mostRecords) + " tensors");
        header.records.emplace_back().name = m_key;
        m_seen = {};
        m_offsets = 0;
        return enter(Place::Record);
    }

    bool beginField(const std::string& name) {
        m_field = name == "dtype"          ? Field::Type
                  : name == "shape"        ? Field::Shape
                  : name == "data_offsets" ? Field::Offsets
                                           : Field::Other;
        if (m_field == Field::Other) return true;
        if (!std::exchange(m_seen.field[static_cast<std::size_t>(m_field)], true)) return true;
        return refuse("the tensor " + inQuotes(m_key) + " has the field " + name + " twice");
    }

    bool addSize(std::uint64_t value) {
        auto& shape = header.records.back().shape;
        if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return misplaced(std::to_string(value));
        if (shape.size() == mostDimensions)
            return refuse("the tensor " + inQuotes(m_key) + " has more than " +
                          std::to_string(mostDimensions) + " dimensions");
        shape.push_back(static_cast<std::int64_t>(value));
        return true;
    }

    bool addOffset(std::uint64_t value) {
        auto& offsets = header.records.back().offsets;
        if (m_offsets < offsets.size()) offsets[m_offsets] = value;
        ++m_offsets;
        return true;
    }

    Place m_place = Place::Outside;
    Field m_field = Field::Other;
    Seen m_seen;
    std::string m_key; ///< of the root or of __metadata__
    std::size_t m_offsets = 0;
    std::size_t m_ignored = 0; ///< depth inside a field that is not ours
    bool m_metadataSeen = false;
};

std::optional<std::string> repeatedName(const std::vector<SafetensorsRecord>& records) {
    std::vector<std::string_view> names;
    names.reserve(records.size());
    for (const SafetensorsRecord& record : records)
        names.push_back(record.name);
    std::ranges::sort(names);
    const auto twin = std::ranges::adjacent_find(names);
    if (twin == names.end()) return std::nullopt;
    return std::string(*twin);
}

/// What the JSON library would let pass: it skips a byte order mark and ends at a NUL.
std::optional<std::string> looseBytes(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) return "begins with a byte order mark";
    if (text.find('\0') != std::string_view::npos) return "has a NUL byte";
    return std::nullopt;
}

} // namespace

Expected<SafetensorsHeader> parseSafetensorsHeader(std::string_view text, std::string_view source) {
    const auto malformed = [&](const std::string& problem) {
        return fail(ErrorCode::Malformed, std::string(source) + ": its safetensors header " +
                                              problem +
                                              "; the file breaks the format, save or "
                                              "fetch it again");
    };
    if (const auto loose = looseBytes(text)) return malformed(*loose);
    HeaderWalk walk;
    if (!Json::sax_parse(text, &walk)) return malformed(walk.problem);
    if (const auto twin = repeatedName(walk.header.records))
        return malformed("lists the tensor " + inQuotes(*twin) + " twice");
    return std::move(walk.header);
}

} // namespace isentrope
