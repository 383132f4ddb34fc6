// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/result/json_lines.h"

#include <algorithm>
#include <string>

namespace isentrope {
namespace {

/// Collects whole lines from a file that is read in pieces.
class LineCollector {
public:
    explicit LineCollector(std::string source)
        : m_source(std::move(source)) {}

    Expected<void> take(std::string_view piece) {
        for (std::size_t end = piece.find('\n'); end != std::string_view::npos;
             end = piece.find('\n')) {
            if (auto held = hold(piece.substr(0, end)); !held) return held;
            if (auto added = addRecord(); !added) return added;
            piece.remove_prefix(end + 1);
        }
        return hold(piece);
    }

    Expected<JsonLines> finish() {
        m_lines.tornBytes = m_line.size();
        // A record begins with a brace; after a loss of power, what was not written reads as NUL.
        if (!m_line.empty() && m_line.front() != '{' && m_line.front() != '\0')
            return refuse(ErrorCode::Malformed, "is no JSON object; expected one per line");
        return std::move(m_lines);
    }

private:
    [[nodiscard]] std::string place() const {
        return m_source + ": line " + std::to_string(m_lines.records.size() + 1);
    }

    [[nodiscard]] tl::unexpected<Error> refuse(ErrorCode code, const char* problem) const {
        return fail(code, place() + ": " + problem);
    }

    Expected<void> hold(std::string_view part) {
        if (m_line.size() + part.size() > longestJsonLine)
            return refuse(ErrorCode::TooLarge, "is longer than 64 MB; expected one record");
        m_line += part;
        return {};
    }

    Expected<void> addRecord() {
        auto record = parseJson(m_line, place());
        if (!record) return tl::unexpected(record.error());
        if (!record->is_object())
            return refuse(ErrorCode::Malformed, "is no JSON object; expected one per line");
        m_lines.records.push_back(std::move(*record));
        m_lines.wholeBytes += m_line.size() + 1;
        m_line.clear();
        return {};
    }

    std::string m_source;
    std::string m_line; ///< what of the line at hand was read
    JsonLines m_lines;
};

} // namespace

Expected<JsonLines> readJsonLines(const std::filesystem::path& path) {
    const auto file = File::open(path);
    if (!file) return tl::unexpected(file.error());
    constexpr std::uint64_t pieceBytes = 1 << 20;
    std::string piece(std::min(file->size(), pieceBytes), '\0');
    LineCollector lines(path.string());
    for (std::uint64_t at = 0; at < file->size(); at += piece.size()) {
        piece.resize(std::min<std::uint64_t>(pieceBytes, file->size() - at));
        if (auto read = file->readAt(at, std::as_writable_bytes(std::span(piece))); !read)
            return tl::unexpected(read.error());
        if (auto taken = lines.take(piece); !taken) return tl::unexpected(taken.error());
    }
    return lines.finish();
}

} // namespace isentrope
