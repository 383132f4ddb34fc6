// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace isentrope {

/// No line may be longer, whoever wrote it.
inline constexpr std::uint64_t longestJsonLine = 64'000'000;

/// Appends records to a file of JSON lines. Each is on the disk when append() returns, and several
/// processes may append to one file: a lock is held per record. Not for two threads at once.
class JsonLinesWriter {
public:
    /// Makes the file where there is none. One whose last line is torn is refused: repair it first.
    [[nodiscard]] static Expected<JsonLinesWriter> open(const std::filesystem::path& path);

    JsonLinesWriter(JsonLinesWriter&& other) noexcept;
    JsonLinesWriter& operator=(JsonLinesWriter&& other) noexcept;
    JsonLinesWriter(const JsonLinesWriter&) = delete;
    JsonLinesWriter& operator=(const JsonLinesWriter&) = delete;
    ~JsonLinesWriter();

    /// A number that is not finite becomes null. Where it fails, the file is as it was before.
    [[nodiscard]] Expected<void> append(const OrderedJson& record);

private:
    JsonLinesWriter(std::filesystem::path path, int descriptor);

    std::filesystem::path m_path;
    int m_descriptor = -1;
};

struct JsonLines {
    std::vector<Json> records;    ///< every one an object
    std::uint64_t wholeBytes = 0; ///< up to the end of the last whole line
    std::uint64_t tornBytes = 0;  ///< behind that: a record whose writing was cut off
};

/// Every whole line must be a JSON object; a bad one is an error with its number.
[[nodiscard]] Expected<JsonLines> readJsonLines(const std::filesystem::path& path);

/// Cuts a torn last line off and returns how many bytes it had. Refuses a file that
/// readJsonLines() refuses, so that nothing but a torn record is ever lost.
[[nodiscard]] Expected<std::uint64_t> repairJsonLines(const std::filesystem::path& path);

} // namespace isentrope
