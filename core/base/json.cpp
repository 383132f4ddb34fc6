// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"

#include <set>
#include <vector>

namespace isentrope {
namespace {

constexpr std::size_t deepest = 64;

/// Walks the events of the parser once before anything is built: repeated keys and depth.
class StrictWalk : public nlohmann::json_sax<Json> {
public:
    std::string problem;

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return enter(); }
    bool end_object() override { return leave(); }
    bool start_array(std::size_t) override { return enter(); }
    bool end_array() override { return leave(); }

    bool key(string_t& name) override {
        if (m_keys.back().insert(name).second) return true;
        problem = "the key \"" + name + "\" stands twice in one object";
        return false;
    }

    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception& error) override {
        // The library's text carries its own prefix "[json.exception…] parse error at …: ".
        const std::string text = error.what();
        const std::size_t cut = text.find(": ");
        problem = "not JSON at byte " + std::to_string(position) + ": " +
                  (cut == std::string::npos ? text : text.substr(cut + 2));
        return false;
    }

private:
    bool enter() {
        if (m_keys.size() >= deepest) {
            problem = "nested deeper than " + std::to_string(deepest) + " levels";
            return false;
        }
        m_keys.emplace_back();
        return true;
    }
    bool leave() {
        m_keys.pop_back();
        return true;
    }

    std::vector<std::set<std::string>> m_keys;
};

} // namespace

Expected<Json> parseJson(std::string_view text, std::string_view source) {
    const auto malformed = [&](const std::string& problem) {
        return fail(ErrorCode::Malformed, std::string(source) + ": " + problem);
    };
    if (text.starts_with("\xEF\xBB\xBF"))
        return malformed("begins with a byte order mark; expected plain UTF-8 JSON");
    if (text.find('\0') != std::string_view::npos)
        return malformed("has a NUL byte; expected UTF-8 JSON");
    StrictWalk walk;
    if (!Json::sax_parse(text, &walk)) return malformed(walk.problem);
    return Json::parse(text, nullptr, false);
}

} // namespace isentrope
