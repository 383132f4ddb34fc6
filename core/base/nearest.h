// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace isentrope {

/// The name a person most likely meant: the one at the smallest edit distance (insert, delete,
/// replace, swap of neighbours), nothing where all are further than a third of the word's length.
[[nodiscard]] std::optional<std::string> nearestName(std::string_view word,
                                                     std::span<const std::string> names);

/// ` Did you mean "logn"?`, or an empty text where no name is near.
[[nodiscard]] std::string didYouMean(std::string_view word, std::span<const std::string> names);

} // namespace isentrope
