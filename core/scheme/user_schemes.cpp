// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheme/user_schemes.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/scheme/axis.h"
#include "core/scheme/catalogue.h"
#include "core/scheme/own_formula.h"
#include "core/scheme/text.h"

#include <algorithm>

namespace isentrope {
namespace {

constexpr std::uint64_t largestFile = 1 << 20;
constexpr std::size_t mostSchemes = 1000;
constexpr std::size_t longestId = 40;

bool isId(std::string_view id) {
    const auto fits = [](char c) { return isLower(c) || isDigit(c) || c == '-'; };
    return !id.empty() && id.size() <= longestId && isLower(id.front()) && id.back() != '-' &&
           std::all_of(id.begin(), id.end(), fits);
}

Expected<UserScheme> readScheme(const Json& value, const std::string& place) {
    const auto malformed = [&](const std::string& problem) {
        return fail(ErrorCode::Malformed, place + ": " + problem);
    };
    if (!value.is_object()) return malformed("expected an object with id, axis and formula");
    const auto textOf = [&](const char* key) {
        return value.contains(key) && value[key].is_string() ? value[key].get<std::string>()
                                                             : std::string();
    };
    for (const char* key : {"id", "axis", "formula"}) {
        if (textOf(key).empty()) return malformed("expected a text \"" + std::string(key) + "\"");
    }
    const auto axis = axisCalled(textOf("axis"));
    if (!axis || !takesOwnFormula(*axis))
        return malformed("axis is \"" + textOf("axis") +
                         "\"; an own scheme is a \"temperature\" or a \"bias\"");
    return UserScheme{textOf("id"), *axis, textOf("formula"), textOf("meaning"), textOf("source")};
}

} // namespace

Expected<std::vector<UserScheme>> readUserSchemes(const std::filesystem::path& file) {
    const auto text = readWholeFile(file, largestFile);
    if (!text) return tl::unexpected(text.error());
    const auto json = parseJson(*text, file.string());
    if (!json) return tl::unexpected(json.error());
    if (!json->is_object() || !json->contains("schemes") || !(*json)["schemes"].is_array())
        return fail(ErrorCode::Malformed,
                    file.string() + ": expected an object with a list \"schemes\"");
    const Json& list = (*json)["schemes"];
    if (list.size() > mostSchemes)
        return fail(ErrorCode::TooLarge, file.string() + ": has " + std::to_string(list.size()) +
                                             " schemes; expected at most " +
                                             std::to_string(mostSchemes));
    std::vector<UserScheme> schemes;
    for (const Json& value : list) {
        auto scheme =
            readScheme(value, file.string() + ": entry " + std::to_string(schemes.size() + 1));
        if (!scheme) return tl::unexpected(std::move(scheme.error()));
        schemes.push_back(std::move(*scheme));
    }
    return schemes;
}

std::string userSchemesJson(std::span<const UserScheme> schemes) {
    OrderedJson list = OrderedJson::array();
    for (const UserScheme& scheme : schemes) {
        OrderedJson one = {
            {"id", scheme.id}, {"axis", axisName(scheme.axis)}, {"formula", scheme.formula}};
        if (!scheme.meaning.empty()) one["meaning"] = scheme.meaning;
        if (!scheme.source.empty()) one["source"] = scheme.source;
        list.push_back(std::move(one));
    }
    const OrderedJson root = {{"format", 1}, {"schemes", std::move(list)}};
    return root.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

Expected<Entry> userEntry(const UserScheme& scheme, const Catalogue& catalogue) {
    const std::string place = "entry \"" + scheme.id + "\": ";
    if (!isId(scheme.id))
        return fail(ErrorCode::BadNotation,
                    place +
                        "expected a name of a to z, 0 to 9 and `-` that begins with a "
                        "letter and has at most " +
                        std::to_string(longestId) + " characters");
    if (catalogue.find(scheme.id) || axisCalled(scheme.id))
        return fail(ErrorCode::BadNotation,
                    place + "the name is taken; expected one that is not in the catalogue");
    auto recipe = ownRecipe(scheme.axis, scheme.formula);
    if (!recipe)
        return fail(ErrorCode::BadFormula, place + "column " +
                                               std::to_string(recipe.error().column) + ": " +
                                               recipe.error().message);
    Entry entry;
    entry.id = scheme.id;
    entry.axis = scheme.axis;
    entry.meaning = scheme.meaning;
    entry.formula = scheme.formula;
    entry.source = scheme.source;
    entry.recipe = std::move(*recipe);
    entry.own = true;
    return entry;
}

} // namespace isentrope
