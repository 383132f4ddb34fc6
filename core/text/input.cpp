// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/input.h"

#include "core/base/number.h"

#include <algorithm>

namespace isentrope {
namespace {

/// What surrounds the text, and what pads it.
struct Frame {
    std::vector<Token> before, after;
    Token padding;

    [[nodiscard]] std::int64_t size() const {
        return static_cast<std::int64_t>(before.size() + after.size());
    }
};

std::string reportFor(std::int64_t available, std::int64_t kept, std::int64_t length, Fill fill) {
    const std::string tokens = available == 1 ? " token" : " tokens";
    if (kept < available) return grouped(kept) + " of " + grouped(available) + tokens + ", cut";
    if (length <= available || fill == Fill::None) return grouped(available) + tokens;
    return grouped(available) + tokens + (fill == Fill::Tile ? ", repeated to " : ", padded to ") +
           grouped(length);
}

Expected<std::int64_t> checkedLength(std::int64_t available, const Frame& frame,
                                     const InputOptions& options) {
    const std::int64_t least = std::max<std::int64_t>(1, frame.size());
    if (options.length < 0 || (options.length > 0 && options.length < least))
        return fail(ErrorCode::OutOfRange,
                    "length " + grouped(options.length) + " is too small; expected at least " +
                        grouped(least) +
                        (least > 1 ? ", [CLS] and [SEP] counted; use a longer one or leave the "
                                     "special tokens out"
                                   : ""));
    const std::int64_t length = options.length == 0 ? available : options.length;
    if (length > longestInput)
        return fail(ErrorCode::TooLarge, "an input of " + grouped(length) +
                                             " tokens is too long; expected at most " +
                                             grouped(longestInput) + "; give a smaller length");
    if (available == 0)
        return fail(ErrorCode::OutOfRange,
                    "there is no token to run; give a text, or keep the special tokens");
    return length;
}

/// The text's own tokens: its beginning, or itself again and again up to `room` tokens.
void addText(std::vector<Token>& tokens, const std::vector<Token>& text, std::size_t room,
             bool repeat) {
    const std::size_t count = repeat ? room : std::min(room, text.size());
    for (std::size_t i = 0; i < count; ++i)
        tokens.push_back(text[i % text.size()]);
}

Expected<ModelInput> arrange(const std::vector<Token>& text, const Frame& frame,
                             InputOptions options) {
    const auto inText = static_cast<std::int64_t>(text.size());
    const std::int64_t available = inText + frame.size();
    const auto length = checkedLength(available, frame, options);
    if (!length) return tl::unexpected(length.error());
    if (text.empty() && options.fill == Fill::Tile) options.fill = Fill::None;

    ModelInput input;
    input.tokensInText = inText;
    input.tokens = frame.before;
    addText(input.tokens, text, static_cast<std::size_t>(*length - frame.size()),
            options.fill == Fill::Tile);
    input.tokens.insert(input.tokens.end(), frame.after.begin(), frame.after.end());
    const std::int64_t kept = std::min(*length, available);
    input.report = reportFor(available, kept, *length, options.fill);
    if (options.fill == Fill::Pad)
        input.tokens.resize(static_cast<std::size_t>(*length), frame.padding);
    for (const Token& token : input.tokens)
        input.ids.push_back(token.id);
    input.content =
        std::ranges::count_if(input.ids, [&](std::int32_t id) { return id != frame.padding.id; });
    return input;
}

constexpr std::string_view whiteSpace = " \t\n\r\v\f";

/// The next word of the list, empty at its end.
std::string_view nextWord(std::string_view& list) {
    list.remove_prefix(std::min(list.find_first_not_of(whiteSpace), list.size()));
    const std::string_view word = list.substr(0, list.find_first_of(whiteSpace));
    list.remove_prefix(word.size());
    return word;
}

Expected<std::vector<Token>> parseIds(std::string_view list, std::int64_t vocabularySize) {
    constexpr std::size_t shownOfWord = 24;
    std::vector<Token> tokens;
    for (std::string_view word = nextWord(list); !word.empty(); word = nextWord(list)) {
        const auto id = parseInteger(word);
        if (!id || *id < 0 || *id >= vocabularySize)
            return fail(id ? ErrorCode::OutOfRange : ErrorCode::Malformed,
                        "id " + grouped(static_cast<std::int64_t>(tokens.size()) + 1) +
                            " of the list is \"" + std::string(word.substr(0, shownOfWord)) +
                            "\"; expected a whole number from 0 to " + grouped(vocabularySize - 1) +
                            ", with white space between ids");
        tokens.push_back({static_cast<std::int32_t>(*id), 0, 0});
    }
    return tokens;
}

} // namespace

Expected<ModelInput> makeInput(const std::vector<Token>& text, const Vocabulary& vocabulary,
                               const InputOptions& options) {
    Frame frame;
    frame.padding.id = vocabulary.pad();
    if (options.specialTokens) {
        frame.before.push_back({vocabulary.begin(), 0, 0});
        frame.after.push_back({vocabulary.end(), 0, 0});
    }
    return arrange(text, frame, options);
}

Expected<ModelInput> makeInputFromIds(std::string_view idsText, std::int64_t vocabularySize,
                                      std::int64_t padId, const InputOptions& options) {
    const auto tokens = parseIds(idsText, vocabularySize);
    if (!tokens) return tl::unexpected(tokens.error());
    Frame frame;
    frame.padding.id = static_cast<std::int32_t>(padId);
    return arrange(*tokens, frame, options);
}

} // namespace isentrope
