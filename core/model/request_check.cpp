// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/request_check.h"

#include "core/base/number.h"

#include <algorithm>

namespace isentrope {
namespace {

Expected<void> checkTable(const std::vector<double>& table, std::int64_t length, const char* name) {
    if (table.empty() || static_cast<std::int64_t>(table.size()) == length) return {};
    return fail(ErrorCode::Mismatch, std::string("plan: ") + name + " has " +
                                         grouped(static_cast<std::int64_t>(table.size())) +
                                         " values; expected " + grouped(length));
}

std::string outside(std::int64_t value, std::int64_t end) {
    return std::to_string(value) + "; expected 0 to " + std::to_string(end - 1);
}

} // namespace

Expected<void> checkInput(const std::vector<std::int32_t>& ids,
                          const std::vector<std::uint8_t>& openKey, const ModelConfig& config) {
    if (ids.empty())
        return fail(ErrorCode::OutOfRange, "input: it has no tokens; give at least one");
    for (std::size_t place = 0; place < ids.size(); ++place)
        if (ids[place] < 0 || ids[place] >= config.vocabulary)
            return fail(ErrorCode::OutOfRange, "input: token " + std::to_string(place) +
                                                   " has the id " +
                                                   outside(ids[place], config.vocabulary));
    if (openKey.empty()) return {};
    if (openKey.size() != ids.size())
        return fail(ErrorCode::Mismatch, "input: " + std::to_string(ids.size()) + " ids, but " +
                                             std::to_string(openKey.size()) +
                                             " marks of padding; expected as many");
    if (std::ranges::count(openKey, 0) == static_cast<std::ptrdiff_t>(openKey.size()))
        return fail(ErrorCode::OutOfRange,
                    "input: every token is padding; give at least one that is not");
    return {};
}

Expected<void> checkPlan(const Plan& plan, std::int64_t length, const ModelConfig& config) {
    if (plan.length != length)
        return fail(ErrorCode::Mismatch, "plan '" + plan.scheme + "': made for " +
                                             grouped(plan.length) + " tokens, the input has " +
                                             grouped(length) + "; compile it for that length");
    if (plan.keySize != config.keySize ||
        static_cast<std::int64_t>(plan.position.angles.size()) != config.keySize / 2)
        return fail(ErrorCode::Mismatch, "plan '" + plan.scheme + "': made for key size " +
                                             std::to_string(plan.keySize) + ", the model has " +
                                             std::to_string(config.keySize));
    if (auto fits = checkTable(plan.rowFactor, length, "the factor per row"); !fits) return fits;
    if (auto fits = checkTable(plan.distanceFactor, length, "the factor per distance"); !fits)
        return fits;
    return checkTable(plan.distanceBias, length, "the bias per distance");
}

Expected<void> checkOptions(const RunOptions& options, std::int64_t length,
                            const ModelConfig& config) {
    for (const int layer : options.layers)
        if (layer < 0 || layer >= config.layers)
            return fail(ErrorCode::OutOfRange, "layer " + outside(layer, config.layers));
    for (const std::int64_t row : options.logitRows)
        if (row < 0 || row >= length)
            return fail(ErrorCode::OutOfRange, "output logits of token " + outside(row, length));
    for (const Span& span : options.statistics.spans)
        if (span.begin < 0 || span.begin > span.end || span.end > length)
            return fail(ErrorCode::OutOfRange,
                        "span [" + std::to_string(span.begin) + ", " + std::to_string(span.end) +
                            "): expected a part of [0, " + std::to_string(length) + ")");
    if (options.threads < 0 || options.blockRows < 0)
        return fail(ErrorCode::OutOfRange,
                    "threads and rows of a block: expected 0 (chosen here) or more");
    if (options.statistics.overviewSide < 1)
        return fail(ErrorCode::OutOfRange, "overview: expected at least one bin a side");
    return {};
}

Expected<void> checkHidden(const std::vector<std::uint8_t>& hiddenKeys, std::int64_t length) {
    if (hiddenKeys.empty() || static_cast<std::int64_t>(hiddenKeys.size()) == length) return {};
    return fail(ErrorCode::Mismatch, "hidden columns: " + std::to_string(hiddenKeys.size()) +
                                         " marks for " + std::to_string(length) +
                                         " tokens; expected as many, or none");
}

} // namespace isentrope
