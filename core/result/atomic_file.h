// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/result/save_target.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace isentrope {

/// A file that appears under its name whole or not at all. Bytes go into a temporary file in the
/// same folder; commit() brings them to the disk, checks the size and renames. Whatever fails
/// before that removes the temporary file, leaves what stood there untouched, and stays failed.
///
/// A program that saves must ignore SIGXFSZ, or a limit on file sizes ends it instead of failing
/// the write.
class AtomicFile {
public:
    /// `expectedBytes`, where known, is held against the free space before anything is written.
    [[nodiscard]] static Expected<AtomicFile> create(const std::filesystem::path& path,
                                                     std::uint64_t expectedBytes = 0);

    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&& other) noexcept;
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    /// Without commit() nothing remains.
    ~AtomicFile();

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    /// Bytes so far: the furthest end of any write.
    [[nodiscard]] std::uint64_t size() const { return m_size; }

    /// Appends at size(), through a bounded buffer.
    [[nodiscard]] Expected<void> write(std::span<const std::byte> bytes);
    [[nodiscard]] Expected<void> write(std::string_view text);
    /// Writes at a place of its own; a gap before it reads as zeros.
    [[nodiscard]] Expected<void> writeAt(std::uint64_t offset, std::span<const std::byte> bytes);

    /// All but the rename, so that several files can be made certain before the first appears.
    [[nodiscard]] Expected<void> prepare();
    [[nodiscard]] Expected<void> commit();

private:
    AtomicFile(std::filesystem::path path, SaveTarget target, NewFile temporary,
               std::uint64_t expectedBytes);

    [[nodiscard]] Expected<void> flush();
    [[nodiscard]] Expected<void> writeThrough(std::uint64_t offset,
                                              std::span<const std::byte> bytes);
    [[nodiscard]] Expected<void> checkSize();
    [[nodiscard]] tl::unexpected<Error> failWith(Error error);
    [[nodiscard]] tl::unexpected<Error> failWith(int systemCode);
    void discard();

    std::filesystem::path m_path; ///< as asked for
    SaveTarget m_target;
    NewFile m_temporary;
    std::vector<std::byte> m_buffer; ///< the last bytes before m_size
    std::uint64_t m_size = 0;
    std::uint64_t m_expected = 0;
    std::optional<Error> m_failure;
};

/// The whole content at once.
[[nodiscard]] Expected<void> saveFile(const std::filesystem::path& path, std::string_view content);

} // namespace isentrope
