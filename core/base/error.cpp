// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

namespace isentrope {

std::string_view codeName(ErrorCode code) {
    switch (code) {
    case ErrorCode::NotFound:
        return "not-found";
    case ErrorCode::Unreadable:
        return "unreadable";
    case ErrorCode::Truncated:
        return "truncated";
    case ErrorCode::Malformed:
        return "malformed";
    case ErrorCode::Unsupported:
        return "unsupported";
    case ErrorCode::Unsafe:
        return "unsafe";
    case ErrorCode::Mismatch:
        return "mismatch";
    case ErrorCode::NotAModel:
        return "not-a-model";
    case ErrorCode::OutOfRange:
        return "out-of-range";
    case ErrorCode::TooLarge:
        return "too-large";
    case ErrorCode::BadUsage:
        return "bad-usage";
    case ErrorCode::BadNotation:
        return "bad-notation";
    case ErrorCode::BadFormula:
        return "bad-formula";
    case ErrorCode::WriteFailed:
        return "write-failed";
    case ErrorCode::OutOfMemory:
        return "out-of-memory";
    case ErrorCode::NoDevice:
        return "no-device";
    case ErrorCode::Cancelled:
        return "cancelled";
    case ErrorCode::Internal:
        return "internal";
    }
    return "internal";
}

} // namespace isentrope
