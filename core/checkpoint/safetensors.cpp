// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/safetensors.h"

#include "core/checkpoint/bytes.h"
#include "core/checkpoint/file_stream.h"
#include "core/checkpoint/safetensors_header.h"
#include "core/checkpoint/tensor_layout.h"
#include "core/checkpoint/tensor_name.h"

#include <algorithm>
#include <array>
#include <optional>

namespace isentrope {
namespace {

constexpr std::uint64_t prefix = 8; ///< bytes of the header's length

constexpr std::array elementTypes = {
    ElementType::F64, ElementType::F32, ElementType::F16, ElementType::BF16, ElementType::I64,
    ElementType::I32, ElementType::I16, ElementType::I8,  ElementType::U8,   ElementType::Bool};

std::optional<ElementType> typeNamed(std::string_view name) {
    for (const ElementType type : elementTypes)
        if (elementTypeName(type) == name) return type;
    return std::nullopt;
}

Expected<std::string> headerText(const File& file) {
    const std::string path = file.path().string();
    if (file.size() < prefix)
        return fail(ErrorCode::Truncated, path + ": has " + std::to_string(file.size()) +
                                              " bytes, too short for a safetensors file");
    const auto lengthBytes = readBytes(file, 0, prefix);
    if (!lengthBytes) return lengthBytes;
    const auto length = littleEndian<std::uint64_t>(*lengthBytes, 0);
    const std::string stated = path + ": states a safetensors header of " + std::to_string(length);
    if (length == 0)
        return fail(ErrorCode::Malformed, stated + " bytes; the file is not safetensors, or was "
                                                   "reserved by a download and never filled");
    if (length > largestSafetensorsHeader)
        return fail(ErrorCode::Malformed, stated + " bytes, expected at most " +
                                              std::to_string(largestSafetensorsHeader) +
                                              "; the file is not safetensors "
                                              "or is damaged");
    if (length > file.size() - prefix)
        return fail(ErrorCode::Truncated, stated + " bytes, but only " +
                                              std::to_string(file.size() - prefix) +
                                              " follow: the file is cut off, fetch it again");
    return readBytes(file, prefix, length);
}

/// The first thing wrong with the numbers of one tensor taken alone.
Expected<TensorEntry> entryOf(const SafetensorsRecord& record, std::uint64_t dataBegin,
                              const std::string& path) {
    const std::string tensor = path + ": the tensor " + inQuotes(record.name);
    const auto type = typeNamed(record.type);
    if (!type)
        return fail(ErrorCode::Unsupported,
                    tensor + " has the type " + inQuotes(record.type) +
                        ", which is not supported; expected F64, F32, F16, BF16, I64, I32, I16, "
                        "I8, U8 or BOOL: save it as one of these");
    const auto [begin, end] = record.offsets;
    if (begin > end)
        return fail(ErrorCode::Malformed, tensor + " begins at " + std::to_string(begin) +
                                              ", behind its end at " + std::to_string(end));
    const auto count = checkedCount(record.shape);
    std::uint64_t bytes = 0;
    if (!count ||
        __builtin_mul_overflow(static_cast<std::uint64_t>(*count), elementSize(*type), &bytes))
        return fail(ErrorCode::Malformed, tensor + " has a shape whose product overflows");
    if (bytes != end - begin)
        return fail(ErrorCode::Malformed, tensor + " takes " + std::to_string(end - begin) +
                                              " bytes, but its shape and type need " +
                                              std::to_string(bytes));
    return TensorEntry{
        record.name,      *type, record.shape, rowMajorStrides(record.shape), 0, dataBegin + begin,
        dataBegin + begin};
}

/// Records in the order of their bytes; each begins where the one before ends.
Expected<void> checkOrder(const std::vector<SafetensorsRecord>& sorted, std::uint64_t available,
                          const std::string& path) {
    std::uint64_t end = 0;
    for (const SafetensorsRecord& record : sorted) {
        const std::uint64_t begin = record.offsets[0];
        if (begin != end)
            return fail(ErrorCode::Malformed,
                        path + ": the tensor " + inQuotes(record.name) + " begins at " +
                            std::to_string(begin) + (begin < end ? ", inside" : ", after a hole") +
                            " behind the one before it, which ends at " + std::to_string(end));
        end = record.offsets[1];
    }
    if (end > available)
        return fail(ErrorCode::Truncated,
                    path + ": its tensors need " + std::to_string(end) + " bytes, but only " +
                        std::to_string(available) +
                        " follow the header: the download is incomplete, fetch it again");
    if (end < available)
        return fail(ErrorCode::Malformed, path + ": " + std::to_string(available - end) +
                                              " bytes follow the last tensor, expected none; the "
                                              "file was changed after it was saved");
    return {};
}

} // namespace

Expected<TensorDirectory> readSafetensors(const File& file) {
    const auto text = headerText(file);
    if (!text) return tl::unexpected(text.error());
    const std::string path = file.path().string();
    auto header = parseSafetensorsHeader(*text, path);
    if (!header) return tl::unexpected(header.error());

    const std::uint64_t dataBegin = prefix + text->size();
    TensorDirectory directory;
    directory.files = {file.path()};
    directory.format = "safetensors";
    directory.metadata = std::move(header->metadata);
    directory.tensors.reserve(header->records.size());
    std::ranges::stable_sort(header->records, {}, &SafetensorsRecord::offsets);
    for (const SafetensorsRecord& record : header->records) {
        auto entry = entryOf(record, dataBegin, path);
        if (!entry) return tl::unexpected(entry.error());
        directory.tensors.push_back(std::move(*entry));
    }
    if (auto order = checkOrder(header->records, file.size() - dataBegin, path); !order)
        return tl::unexpected(order.error());
    if (auto booleans = checkBooleans(file, directory.tensors); !booleans)
        return tl::unexpected(booleans.error());
    return directory;
}

} // namespace isentrope
