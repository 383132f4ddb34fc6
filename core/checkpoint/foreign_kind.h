// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <optional>
#include <string>
#include <string_view>

namespace isentrope {

/// A kind of file that we know and do not read.
struct ForeignKind {
    ErrorCode code = ErrorCode::Unsupported;
    std::string what;   ///< "a GGUF file"
    std::string advice; ///< what to do next
};

/// Recognises other formats by their marks. `head`: the first bytes (up to 512), `tail`: the last
/// eight; `name` tells apart only files whose bytes carry no mark (TensorFlow's shards of data).
[[nodiscard]] std::optional<ForeignKind> foreignKind(std::string_view head, std::string_view tail,
                                                     std::string_view name);

/// The message for bytes that nothing here recognises.
[[nodiscard]] std::string unknownKind(std::string_view path, std::string_view head);

} // namespace isentrope
