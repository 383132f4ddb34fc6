// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/unicode.h"

#include <algorithm>

namespace isentrope::unicode {
namespace {

// Hangul syllables are arithmetic: The Unicode Standard, section 3.12.
constexpr char32_t firstSyllable = 0xAC00, lastSyllable = 0xD7A3;
constexpr char32_t firstLead = 0x1100, firstVowel = 0x1161, beforeFirstTail = 0x11A7;
constexpr char32_t vowels = 21, tails = 28;

Folded foldSyllable(char32_t code) {
    const char32_t index = code - firstSyllable;
    const char32_t tail = index % tails;
    return {{firstLead + index / (vowels * tails), firstVowel + index % (vowels * tails) / tails,
             beforeFirstTail + tail},
            static_cast<std::uint8_t>(tail == 0 ? 2 : 3)};
}

/// The row that holds `code`, or the end; rows are sorted and do not overlap.
template <class Row>
typename std::span<const Row>::iterator findRow(std::span<const Row> rows, char32_t code) {
    const auto after = std::ranges::upper_bound(rows, code, {}, &Row::first);
    if (after == rows.begin() || std::prev(after)->last < code) return rows.end();
    return std::prev(after);
}

std::vector<CharClass> makeClassTable() {
    std::vector<CharClass> table(lastCodePoint + 1, CharClass::Word);
    for (const ClassRange& range : classRanges())
        std::fill(table.begin() + range.first, table.begin() + range.last + 1, range.charClass);
    return table;
}

} // namespace

const std::vector<CharClass>& classTable() {
    static const std::vector<CharClass> table = makeClassTable();
    return table;
}

Folded fold(char32_t code) {
    if (code >= firstSyllable && code <= lastSyllable) return foldSyllable(code);
    const auto several = foldSeveral();
    const auto row = std::ranges::lower_bound(several, code, {}, &FoldSeveral::code);
    if (row != several.end() && row->code == code) return {row->parts, row->count};
    const auto steps = findRow(foldSteps(), code);
    if (steps == foldSteps().end() || (code - steps->first) % steps->step != 0) return {{code}, 1};
    return {{static_cast<char32_t>(static_cast<std::int32_t>(code) + steps->difference)}, 1};
}

std::uint8_t combiningClass(char32_t code) {
    const auto row = findRow(combiningRanges(), code);
    return row == combiningRanges().end() ? std::uint8_t{0} : row->combiningClass;
}

} // namespace isentrope::unicode
