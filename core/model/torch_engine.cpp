// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/torch_engine.h"

#include "core/model/gau_model.h"
#include "core/model/guarded.h"

#include <torch/version.h>

namespace isentrope {

Expected<std::unique_ptr<Model>> loadGauModel(const Checkpoint& checkpoint,
                                              std::shared_ptr<const Kernels> kernels,
                                              const std::string& device, Precision precision,
                                              int threads) {
    return guarded([&]() -> Expected<std::unique_ptr<Model>> {
        auto weights = checkpoint.weights();
        if (!weights) return tl::unexpected(weights.error());
        ModelContext context{checkpoint.config(), std::move(kernels), device};
        return std::make_unique<GauModel>(std::move(context), std::move(*weights), precision,
                                          threads);
    });
}

std::string torchVersion() {
    return "LibTorch " TORCH_VERSION;
}

} // namespace isentrope
