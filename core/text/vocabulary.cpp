// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/vocabulary.h"

#include "core/base/file.h"
#include "core/base/number.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <utility>

namespace isentrope {
namespace {

constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";

std::string number(std::size_t value) {
    return grouped(static_cast<std::int64_t>(value));
}

Expected<void> checkLine(std::string_view line, std::size_t index, const std::string& source) {
    const auto where = [&] { return source + ": line " + number(index + 1); };
    if (index >= Vocabulary::mostEntries)
        return fail(ErrorCode::TooLarge, source + ": has more than " +
                                             number(Vocabulary::mostEntries) +
                                             " lines; expected a vocabulary, one entry a line");
    if (line.size() > Vocabulary::longestEntry)
        return fail(ErrorCode::TooLarge, where() + " has " + number(line.size()) +
                                             " bytes, expected at most " +
                                             number(Vocabulary::longestEntry) +
                                             "; is this a vocabulary, one entry a line?");
    if (line.find('\0') != std::string_view::npos)
        return fail(ErrorCode::Malformed,
                    where() + " has a NUL byte; expected text in UTF-8, one entry a line");
    if (utf8::census(line).invalid > 0)
        return fail(ErrorCode::Malformed,
                    where() + " is not UTF-8; convert the file to UTF-8 or fetch it again");
    return {};
}

} // namespace

Expected<Vocabulary> Vocabulary::read(const std::filesystem::path& file) {
    const auto content = readWholeFile(file, largestFile);
    if (!content) return tl::unexpected(content.error());
    return parse(*content, file.string());
}

Expected<Vocabulary> Vocabulary::parse(std::string_view content, std::string_view source) {
    const std::string name(source);
    if (content.size() > largestFile)
        return fail(ErrorCode::TooLarge, name + ": has " + number(content.size()) +
                                             " bytes, expected at most " + number(largestFile));
    Vocabulary vocabulary;
    if (content.starts_with(byteOrderMark)) {
        content.remove_prefix(byteOrderMark.size());
        vocabulary.m_warnings.push_back(name +
                                        ": the byte order mark at its beginning was left out");
    }
    if (auto read = vocabulary.readLines(content, name); !read) return tl::unexpected(read.error());
    vocabulary.indexEntries(name);
    if (auto found = vocabulary.findSpecials(name); !found) return tl::unexpected(found.error());
    return vocabulary;
}

Expected<void> Vocabulary::readLines(std::string_view content, const std::string& source) {
    std::size_t carriageReturns = 0;
    while (!content.empty()) {
        const std::size_t length = std::min(content.find('\n'), content.size());
        std::string_view line = content.substr(0, length);
        content.remove_prefix(std::min(length + 1, content.size()));
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
            ++carriageReturns;
        }
        if (auto checked = checkLine(line, m_entries.size(), source); !checked) return checked;
        m_entries.emplace_back(line);
    }
    while (!m_entries.empty() && m_entries.back().empty())
        m_entries.pop_back();
    if (m_entries.empty())
        return fail(ErrorCode::Malformed,
                    source + ": is empty; expected a vocabulary, one entry a line");
    if (carriageReturns > 0)
        m_warnings.push_back(source + ": " + number(carriageReturns) +
                             " lines end in CR LF; the CR was left out");
    return {};
}

void Vocabulary::indexEntries(const std::string& source) {
    std::size_t repeated = 0;
    std::string example;
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        if (m_entries[i].empty()) continue;
        const auto id = static_cast<std::int32_t>(i);
        const auto [place, isNew] = m_ids.insert_or_assign(m_entries[i], id);
        if (isNew) continue;
        if (repeated++ == 0) example = m_entries[i];
    }
    if (repeated > 0)
        m_warnings.push_back(source + ": " + number(repeated) + " entries stand there again (\"" +
                             example + "\" is the first); of equal entries the last id counts");
}

Expected<void> Vocabulary::findSpecials(const std::string& source) {
    std::string missing;
    const auto find = [&](const char* name, std::int32_t& target) {
        if (const auto found = id(name))
            target = *found;
        else
            missing += (missing.empty() ? "" : ", ") + std::string(name);
    };
    find("[PAD]", m_pad);
    find("[UNK]", m_unknown);
    find("[CLS]", m_begin);
    find("[SEP]", m_end);
    find("[MASK]", m_mask);
    if (missing.empty()) return {};
    return fail(ErrorCode::Malformed,
                source + ": lacks " + missing +
                    "; expected a BERT vocabulary with [PAD], [UNK], [CLS], [SEP] and [MASK]");
}

const std::string& Vocabulary::entry(std::int32_t id) const {
    static const std::string none;
    const auto index = static_cast<std::size_t>(id);
    return id >= 0 && index < m_entries.size() ? m_entries[index] : none;
}

std::optional<std::int32_t> Vocabulary::id(std::string_view entry) const {
    const auto found = m_ids.find(entry);
    if (found == m_ids.end()) return std::nullopt;
    return found->second;
}

} // namespace isentrope
