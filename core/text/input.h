// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/text/encoding.h"
#include "core/text/token.h"
#include "core/text/vocabulary.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace isentrope {

/// What to do with a text shorter than n: repeat it, pad it, or run it as it is.
enum class Fill { Tile, Pad, None };

/// Exactly what goes into the model, and what was done to get there.
struct ModelInput {
    std::vector<std::int32_t> ids;
    std::vector<Token> tokens;     ///< same length; repeated ones keep their span, padding [0, 0]
    std::int64_t tokensInText = 0; ///< before cutting and filling, special tokens not counted
    std::int64_t content = 0;      ///< tokens that are not padding
    /// "256 of 812 tokens, cut", "812 tokens, repeated to 1,024", "812 tokens, padded to 1,024" or
    /// "812 tokens"; these counts include the special tokens, as n does.
    std::string report;
};

constexpr std::int64_t longestInput = std::int64_t{1} << 24; ///< tokens; more is refused

struct InputOptions {
    std::int64_t length = 0; ///< n, special tokens counted; 0: as long as the text
    Fill fill = Fill::Tile;
    bool specialTokens = true;
};

/// A text longer than n loses its end; a shorter one is filled. [CLS] and [SEP] stay first and last
/// of what is not padding, around repeated text once. A text without tokens is never repeated: it
/// is padded, or stays as it is. Refused: n below 2 (1 without special tokens), and no token at
/// all.
[[nodiscard]] Expected<ModelInput> makeInput(const std::vector<Token>& text,
                                             const Vocabulary& vocabulary,
                                             const InputOptions& options);

/// Ids as they are (`--ids-file`): whole numbers with white space between, 0 to
/// `vocabularySize` - 1. One equal to `padId` is padding. Cut and filled like a text;
/// `options.specialTokens` is not looked at.
[[nodiscard]] Expected<ModelInput> makeInputFromIds(std::string_view idsText,
                                                    std::int64_t vocabularySize, std::int64_t padId,
                                                    const InputOptions& options);

} // namespace isentrope
