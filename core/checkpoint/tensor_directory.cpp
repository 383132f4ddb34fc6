// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/tensor_directory.h"

#include "core/base/file.h"
#include "core/checkpoint/file_kind.h"
#include "core/checkpoint/safetensors.h"
#include "core/checkpoint/tensor_layout.h"
#include "core/checkpoint/torch_legacy.h"
#include "core/checkpoint/torch_zip.h"

#include <algorithm>
#include <system_error>

namespace isentrope {

std::size_t elementSize(ElementType type) {
    switch (type) {
    case ElementType::F64:
    case ElementType::I64:
        return 8;
    case ElementType::F32:
    case ElementType::I32:
        return 4;
    case ElementType::F16:
    case ElementType::BF16:
    case ElementType::I16:
        return 2;
    case ElementType::I8:
    case ElementType::U8:
    case ElementType::Bool:
        return 1;
    }
    return 0;
}

std::string_view elementTypeName(ElementType type) {
    switch (type) {
    case ElementType::F64:
        return "F64";
    case ElementType::F32:
        return "F32";
    case ElementType::F16:
        return "F16";
    case ElementType::BF16:
        return "BF16";
    case ElementType::I64:
        return "I64";
    case ElementType::I32:
        return "I32";
    case ElementType::I16:
        return "I16";
    case ElementType::I8:
        return "I8";
    case ElementType::U8:
        return "U8";
    case ElementType::Bool:
        return "BOOL";
    }
    return "";
}

std::int64_t TensorEntry::count() const {
    return checkedCount(shape).value_or(0);
}

const TensorEntry* TensorDirectory::find(std::string_view name) const {
    const auto found = std::ranges::find(tensors, name, &TensorEntry::name);
    return found == tensors.end() ? nullptr : &*found;
}

Expected<TensorDirectory> readTensorDirectory(const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return fail(ErrorCode::Unreadable,
                    path.string() + ": is a folder, expected a file of weights; open the folder "
                                    "itself or the file inside it");
    const auto file = File::open(path);
    if (!file) return tl::unexpected(file.error());
    const auto kind = recogniseFile(*file);
    if (!kind) return tl::unexpected(kind.error());
    switch (*kind) {
    case FileKind::Safetensors:
        return readSafetensors(*file);
    case FileKind::TorchZip:
        return readTorchZip(*file);
    case FileKind::TorchLegacy:
        return readTorchLegacy(*file);
    }
    return fail(ErrorCode::Internal, path.string() + ": recognised, but without a reader");
}

} // namespace isentrope
