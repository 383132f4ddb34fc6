// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/guarded.h"

#include "core/model/progress_meter.h"

#include <c10/util/Exception.h>
#include <new>

namespace isentrope {
namespace {

bool saysOutOfMemory(std::string_view text) {
    for (const std::string_view sign :
         {"allocate memory", "out of memory", "not enough memory", "ALLOC_FAILED"})
        if (text.find(sign) != std::string_view::npos) return true;
    return false;
}

Error fromText(const std::string& text) {
    if (saysOutOfMemory(text)) return {ErrorCode::OutOfMemory, "memory ran out: " + text};
    return {ErrorCode::Internal, "the engine failed: " + text};
}

} // namespace

Error errorInFlight() {
    try {
        throw;
    } catch (const Stopped&) {
        return {ErrorCode::Cancelled, "stopped on request"};
    } catch (const std::bad_alloc&) {
        return {ErrorCode::OutOfMemory, "memory ran out"};
    } catch (const c10::Error& problem) {
        return fromText(problem.what_without_backtrace());
    } catch (const std::exception& problem) {
        return fromText(problem.what());
    } catch (...) {
        return {ErrorCode::Internal, "the engine failed without a reason"};
    }
}

} // namespace isentrope
