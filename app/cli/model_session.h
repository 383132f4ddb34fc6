// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/arguments.h"
#include "core/checkpoint/checkpoint.h"
#include "core/engine.h"
#include "core/scheme/scheme.h"
#include "core/text/input.h"

#include <memory>
#include <string>
#include <vector>

namespace isentrope::cli {

/// `--device`, `--precision`, `--threads` as given; the default precision depends on the device.
struct RunChoice {
    std::string device;
    Precision precision = Precision::Exact;
    int threads = 0;
};

/// A checkpoint on a device, ready to run: what every command that runs a model begins with.
struct ModelSession {
    Checkpoint checkpoint;
    std::string sha256;
    RunChoice choice;
    std::string deviceId; ///< "cpu", "cuda:0"
    std::unique_ptr<Model> model;

    [[nodiscard]] static Expected<ModelSession> open(const Arguments& arguments,
                                                     const std::string& source);
};

/// A scheme of `--scheme`, in its canonical notation.
struct NamedScheme {
    std::string notation;
    Scheme scheme;
};

/// Every scheme of the repeated `--scheme S;S`, each once.
[[nodiscard]] Expected<std::vector<NamedScheme>> readSchemes(const Arguments& arguments);

/// A text made ready for a model, with its padding marked.
struct PreparedText {
    ModelInput input;
    std::vector<std::uint8_t> openKey; ///< empty where nothing is padding
};

[[nodiscard]] Expected<PreparedText> prepareText(const Arguments& arguments,
                                                 const Checkpoint& checkpoint);

/// The plan of a scheme for a checkpoint and a text; prints the scheme's warnings on stderr.
[[nodiscard]] Expected<Plan> planFor(const NamedScheme& scheme, const Checkpoint& checkpoint,
                                     const ModelInput& input);

} // namespace isentrope::cli
