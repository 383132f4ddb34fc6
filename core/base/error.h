// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace isentrope {

/// What went wrong, in a form a program can switch on. The text for people is Error::message.
enum class ErrorCode {
    NotFound,    ///< a file, folder, name or tensor is not there
    Unreadable,  ///< it is there, but the system does not let us read it
    Truncated,   ///< it ends before it should: a download that stopped
    Malformed,   ///< its bytes break the rules of its format
    Unsupported, ///< a valid file that we do not read, named by kind
    Unsafe,      ///< it asks to run code, or to leave its folder
    Mismatch,    ///< two things that belong together disagree (shape, size, vocabulary)
    NotAModel,   ///< readable, but not a GAU-alpha checkpoint
    OutOfRange,  ///< a number outside what makes sense
    TooLarge,    ///< more memory, time or depth than allowed
    BadUsage,    ///< the command line cannot be understood
    BadNotation, ///< a scheme's notation cannot be understood
    BadFormula,  ///< a formula cannot be understood or is not finite
    WriteFailed, ///< a result could not be saved; what stood there before is untouched
    OutOfMemory, ///< the device or the machine has less memory than the work needs
    NoDevice,    ///< the asked device, or the engine for it, is not usable here
    Cancelled,   ///< stopped on request
    Internal,    ///< a bug of ours
};

/// The code as it appears in JSON, e.g. "out-of-range".
[[nodiscard]] std::string_view codeName(ErrorCode code);

/// Every boundary that reads something from outside answers with this: the message names the
/// file or value, what was found, what was expected, and what to do next.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
};

template <class T>
using Expected = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
    return tl::unexpected<Error>(Error{code, std::move(message)});
}

} // namespace isentrope
