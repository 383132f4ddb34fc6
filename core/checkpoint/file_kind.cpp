// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/file_kind.h"

#include "core/base/number.h"
#include "core/checkpoint/bytes.h"
#include "core/checkpoint/file_stream.h"
#include "core/checkpoint/foreign_kind.h"
#include "core/checkpoint/safetensors.h"
#include "core/checkpoint/torch_legacy.h"

namespace isentrope {
namespace {

constexpr std::uint64_t headBytes = 512;
constexpr std::uint64_t tailBytes = 8;

bool isJsonSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// A header of a sane length that begins as JSON does: no other format looks like this.
bool isPlainlySafetensors(std::string_view head) {
    return head.size() > 8 && littleEndian<std::uint64_t>(head, 0) <= largestSafetensorsHeader &&
           (head[8] == '{' || isJsonSpace(head[8]));
}

/// Close enough that the reader of safetensors explains best what is wrong.
bool mayBeSafetensors(std::string_view head) {
    return head.size() >= 8 && (littleEndian<std::uint64_t>(head, 0) <= largestSafetensorsHeader ||
                                (head.size() > 8 && head[8] == '{'));
}

} // namespace

Expected<FileKind> recogniseFile(const File& file) {
    const std::string path = file.path().string();
    if (file.size() == 0)
        return fail(ErrorCode::Truncated, path + ": is empty; fetch the file again");
    const auto head = readBytes(file, 0, std::min(file.size(), headBytes));
    if (!head) return tl::unexpected(head.error());
    const std::uint64_t tailSize = std::min(file.size(), tailBytes);
    const auto tail = readBytes(file, file.size() - tailSize, tailSize);
    if (!tail) return tl::unexpected(tail.error());

    if (isPlainlySafetensors(*head)) return FileKind::Safetensors;
    if (head->starts_with("PK\x03\x04")) return FileKind::TorchZip;
    if (isLegacyTorch(*head)) return FileKind::TorchLegacy;
    if (const auto foreign = foreignKind(*head, *tail, file.path().filename().string()))
        return fail(foreign->code, path + ": is " + foreign->what + "; " + foreign->advice);
    if (mayBeSafetensors(*head)) return FileKind::Safetensors;
    if (file.size() < 8)
        return fail(ErrorCode::Truncated, path + ": has " + std::to_string(file.size()) +
                                              " bytes, too short for any weights file; fetch it "
                                              "again");
    return fail(ErrorCode::Unsupported, unknownKind(path, *head));
}

} // namespace isentrope
