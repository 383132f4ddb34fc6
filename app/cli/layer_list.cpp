// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/layer_list.h"

#include "core/base/number.h"

#include <numeric>
#include <set>
#include <string_view>

namespace isentrope::cli {
namespace {

/// One item, "3" or "0-5", as its first and last layer; nothing where it is neither.
std::optional<std::pair<std::int64_t, std::int64_t>> stretch(std::string_view item) {
    const std::size_t dash = item.find('-');
    const auto first = parseInteger(item.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parseInteger(item.substr(dash + 1));
    if (!first || !last || *first > *last) return std::nullopt;
    return std::pair(*first, *last);
}

} // namespace

Expected<std::vector<int>> parseLayers(const std::string& text, std::int64_t layers) {
    std::vector<int> all(static_cast<std::size_t>(layers));
    std::iota(all.begin(), all.end(), 0);
    if (text == "all") return all;
    std::set<int> chosen;
    std::string_view rest = text;
    while (true) {
        const std::size_t comma = rest.find(',');
        const auto item = stretch(rest.substr(0, comma));
        if (!item || item->first < 0 || item->second >= layers)
            return fail(ErrorCode::BadUsage,
                        "--layers is `" + text + "`; expected `all`, or numbers from 0 to " +
                            std::to_string(layers - 1) + " such as 0,3 or 0-2.");
        for (std::int64_t layer = item->first; layer <= item->second; ++layer)
            chosen.insert(static_cast<int>(layer));
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    return std::vector<int>(chosen.begin(), chosen.end());
}

} // namespace isentrope::cli
