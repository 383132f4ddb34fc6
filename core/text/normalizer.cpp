// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/normalizer.h"

#include <array>

namespace isentrope {

using unicode::CharClass;

void Normalizer::add(char32_t code, TextSpan span) {
    const CharClass charClass = m_classes[code];
    if (charClass == CharClass::Removed) return;
    if (charClass == CharClass::Mark || charClass == CharClass::Carrier)
        return addMark(code, span, true);
    endRun();
    m_starter = span;
    switch (charClass) {
    case CharClass::Word:
        return m_words.add(code, span);
    case CharClass::Folded:
    case CharClass::Hangul:
        return addFolded(code, span);
    case CharClass::Punctuation:
    case CharClass::Ideograph:
        return addAlone(code, span);
    case CharClass::CompatIdeograph:
        return addAlone(unicode::fold(code).parts[0], span);
    case CharClass::Space:
        return m_words.endWord();
    default: // Dropped
        return;
    }
}

void Normalizer::finish() {
    endRun();
    m_words.endWord();
}

void Normalizer::addFolded(char32_t code, TextSpan span) {
    constexpr char32_t lowerCaseBit = 0x20; // of an ASCII letter, the only ones that fold there
    if (code < 0x80) return m_words.add(code | lowerCaseBit, span);
    const unicode::Folded folded = unicode::fold(code);
    for (std::size_t i = 0; i < folded.count; ++i)
        addPart(folded.parts[i], span);
}

void Normalizer::addPart(char32_t code, TextSpan span) {
    const CharClass charClass = m_classes[code];
    if (charClass == CharClass::Carrier) return addMark(code, span, false);
    if (charClass == CharClass::Punctuation) return addAlone(code, span);
    m_words.add(code, span);
}

void Normalizer::addAlone(char32_t code, TextSpan span) {
    m_words.endWord();
    m_words.add(code, span);
    m_words.endWord();
}

void Normalizer::addMark(char32_t code, TextSpan span, bool takesPlace) {
    m_run.push_back({code, span, takesPlace});
    m_runHasCarrier |= m_classes[code] == CharClass::Carrier;
}

void Normalizer::endRun() {
    if (m_run.empty()) return;
    if (m_runHasCarrier) placeRun();
    m_run.clear();
    m_runHasCarrier = false;
}

/// The k-th mark of the sorted run stands at the k-th place of the text.
void Normalizer::placeRun() {
    sortRun();
    TextSpan place = m_starter;
    auto places = m_run.begin();
    for (const Mark& mark : m_sorted) {
        if (mark.takesPlace) {
            while (!places->takesPlace)
                ++places;
            place = places++->span;
        }
        if (m_classes[mark.code] == CharClass::Carrier) m_words.add(mark.code, place);
    }
}

/// By combining class, equal ones in the order of the text; counting keeps it linear.
void Normalizer::sortRun() {
    std::array<std::size_t, 257> begins{};
    for (const Mark& mark : m_run)
        ++begins[unicode::combiningClass(mark.code) + std::size_t{1}];
    for (std::size_t i = 1; i < begins.size(); ++i)
        begins[i] += begins[i - 1];
    m_sorted.resize(m_run.size());
    for (const Mark& mark : m_run)
        m_sorted[begins[unicode::combiningClass(mark.code)]++] = mark;
}

} // namespace isentrope
