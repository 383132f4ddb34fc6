// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

/// Tables written by scripts/make-unicode-tables.py; core/text/unicode.h answers questions by them.
namespace isentrope::unicode {

/// What WordPiece with lower-casing makes of a code point of the text.
enum class CharClass : std::uint8_t {
    Word,            ///< part of a word, as it is
    Folded,          ///< part of a word as other code points: lower case, without accents
    Hangul,          ///< a syllable, part of a word as two or three letters
    Punctuation,     ///< a word of its own
    Ideograph,       ///< a word of its own, in BERT's fixed ranges
    CompatIdeograph, ///< the same, as another code point
    Space,           ///< ends a word
    Removed,         ///< control, format, private use, U+FFFD: as if it were not there
    Dropped,         ///< an accent without combining class
    Mark,            ///< an accent with a combining class: dropped, others move around it
    Carrier,         ///< part of a word, with a combining class: marks move around it
};

/// Code points not listed are Word.
struct ClassRange {
    char32_t first, last;
    CharClass charClass;
};

/// Every `step`-th code point from first to last becomes itself plus `difference`.
struct FoldSteps {
    char32_t first, last;
    std::uint8_t step;
    std::int32_t difference;
};

struct FoldSeveral {
    char32_t code;
    std::array<char32_t, 4> parts;
    std::uint8_t count;
};

struct CombiningRange {
    char32_t first, last;
    std::uint8_t combiningClass;
};

/// Each sorted by code point.
[[nodiscard]] std::span<const ClassRange> classRanges();
[[nodiscard]] std::span<const FoldSteps> foldSteps();
[[nodiscard]] std::span<const FoldSeveral> foldSeveral();
[[nodiscard]] std::span<const CombiningRange> combiningRanges();

} // namespace isentrope::unicode
