// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/token.h"
#include "core/text/unicode.h"
#include "core/text/word_piece.h"

#include <cstdint>
#include <vector>

namespace isentrope {

/// Turns the characters of a text into words: cleaning, spaces around ideographs, canonical
/// decomposition, dropping of accents, lower-casing, splitting at spaces and punctuation.
///
/// Decomposition also sorts each run of marks by combining class, and the reference then gives the
/// sorted marks the places of the unsorted ones. Nearly all marks are dropped, so a run only has
/// to be remembered for the few (class Carrier) that stay.
class Normalizer {
public:
    explicit Normalizer(WordPiece& words)
        : m_classes(unicode::classTable().data())
        , m_words(words) {}

    void add(char32_t code, TextSpan span);
    /// Ends the last word. Nothing carries over to what is added later.
    void finish();

private:
    /// One character of a run of marks, in the order of the text.
    struct Mark {
        char32_t code;
        TextSpan span;
        bool takesPlace; ///< false for what a decomposition adds: it shares the place before it
    };

    void addFolded(char32_t code, TextSpan span);
    void addPart(char32_t code, TextSpan span);
    void addAlone(char32_t code, TextSpan span);
    void addMark(char32_t code, TextSpan span, bool takesPlace);
    void endRun();
    void placeRun();
    void sortRun();

    const unicode::CharClass* m_classes;
    WordPiece& m_words;
    TextSpan m_starter; ///< of the last character that is not a mark
    std::vector<Mark> m_run;
    std::vector<Mark> m_sorted;
    bool m_runHasCarrier = false;
};

} // namespace isentrope
