// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/text/tokenizer.h"

#include <filesystem>
#include <string>
#include <vector>

namespace isentrope {

/// A text file in UTF-8: byte order mark removed, GB18030 and Latin-1 converted.
struct DecodedText {
    std::string text;             ///< UTF-8
    std::string encoding;         ///< "UTF-8", "UTF-8 with BOM", "GB18030", "Latin-1"
    std::size_t invalidBytes = 0; ///< each became part of a U+FFFD
};

/// Encoding found in the order BOM, UTF-8, GB18030, Latin-1, or as asked.
[[nodiscard]] Expected<DecodedText> readTextFile(const std::filesystem::path& file,
                                                 const std::string& encoding = "auto");
[[nodiscard]] DecodedText decodeText(std::string bytes, const std::string& encoding = "auto");

/// What to do with a text shorter than n: repeat it, pad it, or run it as it is.
enum class Fill { Tile, Pad, None };

/// Exactly what goes into the model, and what was done to get there.
struct ModelInput {
    std::vector<std::int32_t> ids;
    std::vector<Token> tokens;     ///< same length; repeated ones keep their span, padding [0, 0]
    std::int64_t tokensInText = 0; ///< before cutting and filling, special tokens not counted
    std::int64_t content = 0;      ///< tokens that are not padding
    std::string report;            ///< "256 of 812 tokens, cut", "812 tokens, repeated to 1,024"
};

struct InputOptions {
    std::int64_t length = 0; ///< n, special tokens counted; 0: as long as the text
    Fill fill = Fill::Tile;
    bool specialTokens = true;
};

[[nodiscard]] Expected<ModelInput> makeInput(const std::vector<Token>& text,
                                             const Vocabulary& vocabulary,
                                             const InputOptions& options);

/// Ids as they are (`--ids-file`); an id equal to `padId` is padding. `vocabularySize` bounds them.
[[nodiscard]] Expected<ModelInput> makeInputFromIds(std::string_view idsText,
                                                    std::int64_t vocabularySize, std::int64_t padId,
                                                    const InputOptions& options);

} // namespace isentrope
