// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/text_source.h"

#include "core/base/file.h"
#include "core/base/number.h"

namespace isentrope::cli {
namespace {

constexpr std::uint64_t largestIdsFile = 256'000'000; // bytes; 16 M ids of a generous width
constexpr std::int64_t longestRun = 1'048'576;        // tokens

Expected<TextSource> fromFile(const std::string& file, const std::string& encoding) {
    auto decoded = readTextFile(file, encoding);
    if (!decoded) return tl::unexpected(decoded.error());
    TextSource source;
    source.content = std::move(decoded->text);
    if (decoded->encoding != "UTF-8") source.report = file + " read as " + decoded->encoding;
    if (decoded->invalidBytes > 0)
        source.report += (source.report.empty() ? file : "") + ": " +
                         grouped(static_cast<std::int64_t>(decoded->invalidBytes)) +
                         " invalid bytes became U+FFFD";
    return source;
}

} // namespace

Expected<TextSource> readTextSource(const Arguments& arguments) {
    const auto text = arguments.value("--text");
    const auto file = arguments.value("--text-file");
    const auto ids = arguments.value("--ids-file");
    if (int(text.has_value()) + int(file.has_value()) + int(ids.has_value()) != 1)
        return fail(ErrorCode::BadUsage,
                    "needs a text: exactly one of --text T, --text-file F and --ids-file F.");
    if (file) return fromFile(*file, arguments.value("--encoding").value_or("auto"));
    TextSource source;
    if (text) {
        source.content = *text;
        return source;
    }
    auto content = readWholeFile(*ids, largestIdsFile);
    if (!content) return tl::unexpected(content.error());
    source.kind = TextSource::Kind::Ids;
    source.content = std::move(*content);
    return source;
}

Expected<InputOptions> readInputOptions(const Arguments& arguments) {
    const auto length = arguments.integer("--length", 0, 1, longestRun);
    if (!length) return tl::unexpected(length.error());
    const std::string fill = arguments.value("--fill").value_or("tile");
    InputOptions options;
    options.length = *length;
    options.fill = fill == "pad" ? Fill::Pad : fill == "none" ? Fill::None : Fill::Tile;
    options.specialTokens = !arguments.has("--no-special-tokens");
    return options;
}

} // namespace isentrope::cli
