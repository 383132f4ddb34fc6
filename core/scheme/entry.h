// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheme/formula.h"
#include "core/scheme/plan.h"
#include "core/scheme/scheme.h"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace isentrope {

/// Where the variables of the catalogue's formulas stand.
namespace slot {
inline constexpr std::size_t n =
    0; ///< length that is run (position, mask), tokens (temperature, bias)
inline constexpr std::size_t trainLength = 1;  ///< L, L0
inline constexpr std::size_t keySize = 2;      ///< d
inline constexpr std::size_t distance = 3;     ///< t
inline constexpr std::size_t query = 4;        ///< i
inline constexpr std::size_t plane = 5;        ///< plane, 0 … d/2 - 1
inline constexpr std::size_t stretch = 6;      ///< s = max(1, n / L0)
inline constexpr std::size_t trainedScale = 7; ///< trained_s, not finite on a dot checkpoint
inline constexpr std::size_t sumIndex = 8;     ///< the running index of a sum
inline constexpr std::size_t firstParameter = 9;
inline constexpr std::size_t mostParameters = 8;
inline constexpr std::size_t firstFact = firstParameter + mostParameters; ///< of a warning's rule
} // namespace slot

/// A parameter of an entry: what the editor needs for its spin box, and how to find its value.
struct Parameter {
    std::string key;
    std::string meaning;
    std::optional<double> number; ///< the default, where it is a number
    Formula fallback;             ///< the default, where it is a formula over n, L0, d
    std::string defaultText;      ///< "0.1", "L0/2", or empty where it must be given
    double least = 0;
    double most = 0;
    double step = 1;
    double multiple = 0; ///< 1: whole numbers only, 2: even ones; 0: any number
    std::string missing; ///< what to say where the default has no value
};

struct SimilarityRecipe {
    Similarity::Kind kind = Similarity::Kind::Dot;
    std::optional<Formula> scale;
};

struct PositionRecipe {
    PositionPlan::Rule rule = PositionPlan::Rule::Plain;
    Formula angle; ///< over `plane`
    std::optional<Formula> magnitude, w, k, g;
};

/// A factor over nothing but n is a number, over i a table of rows, over t a table of distances.
struct TemperatureRecipe {
    Formula factor;
    std::optional<Formula> bias; ///< over t
    std::optional<AdaptivePlan> adaptive;
};

struct BiasRecipe {
    std::optional<Formula> bias; ///< over t
    bool beforeFactor = false;   ///< the temperature multiplies it too
};

struct MaskRecipe {
    std::optional<Formula> window, sinks;
    MaskPlan::FarSinks farSinks = MaskPlan::FarSinks::Absolute;
};

using Recipe =
    std::variant<SimilarityRecipe, PositionRecipe, TemperatureRecipe, BiasRecipe, MaskRecipe>;

enum class WarningLevel { Info, Warning };

/// A rule of the catalogue: where all its conditions hold, its text is shown.
struct WarningRule {
    Axis axis = Axis::Similarity;
    WarningLevel level = WarningLevel::Info;
    std::vector<Formula> conditions;                  ///< each must differ from 0
    std::map<Axis, std::vector<std::string>> without; ///< the scheme's part is none of these
    std::map<Axis, std::vector<std::string>> trained; ///< the checkpoint's part is one of these
    std::string text;                                 ///< with {formula} placeholders
    std::vector<Formula> placeholders;                ///< in the order of the text
};

/// One choice on one axis.
struct Entry {
    std::string id;
    Axis axis = Axis::Similarity;
    std::string meaning;   ///< one line
    std::string formula;   ///< as text for people
    std::string source;    ///< paper or program
    std::string departure; ///< of a `…-ref`: how the reference code departs from its paper
    std::string trait;     ///< "sharpen with n": named where two of one axis are given
    std::vector<Parameter> parameters; ///< in the order of the canonical print
    Recipe recipe;
    std::vector<WarningRule> warnings;
    bool own = false; ///< from the person's file; `formula` is then what the notation carries

    [[nodiscard]] const Parameter* parameter(std::string_view key) const;
};

/// A list of schemes under one name.
struct Preset {
    std::string id;
    std::string title;
    std::vector<std::string> schemes; ///< notations
};

} // namespace isentrope
