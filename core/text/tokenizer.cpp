// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/tokenizer.h"

#include "core/text/normalizer.h"
#include "core/text/piece_trie.h"
#include "core/text/utf8.h"
#include "core/text/word_piece.h"

#include <array>
#include <limits>
#include <optional>

namespace isentrope {
namespace {

/// A special token as it stands in the text, letter by letter, before any normalisation.
struct Special {
    std::size_t begin;
    std::size_t end;
    std::int32_t id;
};

std::optional<Special> nextSpecial(std::string_view text, std::size_t from,
                                   const Vocabulary& vocabulary) {
    const std::array<std::int32_t, 5> ids = {vocabulary.pad(), vocabulary.unknown(),
                                             vocabulary.begin(), vocabulary.end(),
                                             vocabulary.mask()};
    for (std::size_t at = text.find('[', from); at != std::string_view::npos;
         at = text.find('[', at + 1))
        for (const std::int32_t id : ids)
            if (text.substr(at).starts_with(vocabulary.entry(id)))
                return Special{at, at + vocabulary.entry(id).size(), id};
    return std::nullopt;
}

void cut(std::string_view text, std::size_t begin, std::size_t end, Normalizer& normalizer) {
    const std::string_view part = text.substr(0, end);
    for (std::size_t at = begin; at < end;) {
        const utf8::Step next = utf8::step(part, at);
        normalizer.add(next.code, {static_cast<std::uint32_t>(at),
                                   static_cast<std::uint32_t>(at + next.length)});
        at += next.length;
    }
    normalizer.finish();
}

} // namespace

Tokenizer::Tokenizer(Vocabulary vocabulary)
    : m_vocabulary(std::move(vocabulary))
    , m_trie(std::make_shared<const PieceTrie>(m_vocabulary)) {}

std::vector<Token> Tokenizer::tokenize(std::string_view text) const {
    text = text.substr(0, std::numeric_limits<std::uint32_t>::max());
    std::vector<Token> tokens;
    tokens.reserve(text.size() / 4);
    WordPiece words(*m_trie, m_vocabulary.unknown(), tokens);
    Normalizer normalizer(words);
    std::size_t at = 0;
    while (const auto special = nextSpecial(text, at, m_vocabulary)) {
        cut(text, at, special->begin, normalizer);
        tokens.push_back({special->id, static_cast<std::uint32_t>(special->begin),
                          static_cast<std::uint32_t>(special->end)});
        at = special->end;
    }
    cut(text, at, text.size(), normalizer);
    return tokens;
}

} // namespace isentrope
