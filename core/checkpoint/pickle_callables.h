// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/checkpoint/tensor_directory.h"

#include <optional>
#include <string_view>

namespace isentrope {

/// What a pickled state_dict may name. Everything else is refused when it is named, before
/// anything can be done with it.
enum class PickleCallable : std::uint8_t {
    OrderedDict,
    RebuildTensor,
    RebuildTensorV2,
    RebuildParameter,
    DoubleStorage,
    FloatStorage,
    HalfStorage,
    BFloat16Storage,
    LongStorage,
    IntStorage,
    ShortStorage,
    CharStorage,
    ByteStorage,
    BoolStorage,
};

/// The callable that `module` and `name` stand for; otherwise why it is refused: a program, or a
/// kind of tensor that is not supported. `source` names the file.
[[nodiscard]] Expected<PickleCallable> findCallable(std::string_view module, std::string_view name,
                                                    std::string_view source);

/// The type of a storage's elements; nothing where the callable is not a storage.
[[nodiscard]] std::optional<ElementType> storageType(PickleCallable callable);

} // namespace isentrope
