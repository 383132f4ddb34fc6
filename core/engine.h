// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/row_pass.h"
#include "core/base/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/scheme/plan.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// The one door to the engine: plain structs in, plain structs out, no tensor in sight. The engine
/// is a plug-in found at run time; without one everything but running a model works.
namespace isentrope {

/// Exact: fp32 everywhere. Fast: fp32-grade logits, bf16 values and weights in the product with v.
/// Double is the reference that the others are measured against.
enum class Precision { Exact, Fast, Double };
[[nodiscard]] std::string_view precisionName(Precision precision);

struct DeviceInfo {
    std::string id;   ///< "cpu", "cuda:0"
    std::string name; ///< of the processor or card
    std::uint64_t totalBytes = 0, freeBytes = 0;
    bool usable = true;
    std::string reason;        ///< why not usable, and what to do
    bool fastIsFaster = false; ///< has bf16 products; else fast runs as exact
};

struct Progress {
    std::string stage; ///< "layer 3 of 24"
    double share = 0;  ///< 0 to 1, only rises within a job
};
/// Called from the thread that runs the job, at most once per row block.
using ProgressFunction = std::function<void(const Progress&)>;

struct RunOptions {
    Precision precision = Precision::Exact;
    int threads = 0;            ///< 0: as many as the machine has cores
    std::int64_t blockRows = 0; ///< 0: chosen from the length
    StatisticsOptions statistics;
    std::vector<int> layers; ///< whose statistics are kept; empty: all. Every layer is computed.
    bool keepTrace = true;   ///< z of the kept layers, for tiles and what-if
    std::vector<std::int64_t> logitRows; ///< positions whose output logits are wanted
    bool allLogits = false;
    int topPredictions = 0; ///< > 0: so many best tokens per wanted position instead of logits
    ProgressFunction progress;
    std::stop_token stop;
};

struct LayerResult {
    int layer = 0;
    RowStatistics<float> statistics;
    LayerProfiles profiles;
    Overview overview;
};

struct Prediction {
    std::int32_t id = 0;
    float probability = 0;
};

/// One forward pass. The trace (z per kept layer) stays in the engine under `trace` until released.
struct ForwardResult {
    Plan plan;
    std::int64_t length = 0, tokens = 0;
    Precision precision = Precision::Exact;
    std::string device;
    std::vector<LayerResult> layers;
    std::vector<float> logits;                        ///< wanted rows x vocabulary
    std::vector<std::vector<Prediction>> predictions; ///< per wanted row
    std::uint64_t trace = 0;
    std::uint64_t traceBytes = 0;
    double seconds = 0;
    std::vector<std::string> notes; ///< e.g. "blocks halved twice: memory ran out"
};

enum class Pooling { Mean, Max };

/// A rectangle of one layer's map, rows [row, row + rows) and keys [column, column + columns),
/// pooled to at most `side` bins a side (1 cell a bin where it fits: then exact cells). Rows of
/// padding count in no bin of several cells; such a bin of nothing else is NaN.
struct RegionRequest {
    std::uint64_t trace = 0;
    std::vector<int> layers; ///< more than one: their mean
    std::int64_t row = 0, rows = 0, column = 0, columns = 0;
    std::int64_t side = 1024;
    Pooling pooling = Pooling::Mean;
    std::vector<std::uint8_t> hiddenKeys; ///< n bytes, 1: left out and rows renormalised; or empty
    const Plan* whatIf = nullptr;         ///< another plan, z held; nullptr: the trace's own
    std::stop_token stop;
};

struct Region {
    std::int64_t rows = 0, columns = 0; ///< bins
    std::int64_t stride = 1;            ///< cells a bin and side
    std::vector<float> values;
};

/// A minus B, or ln(A / B), per cell before pooling: mean, or largest in size with its sign. In a
/// ratio a weight below 1e-37 counts as 1e-37, so that masked cells stay finite. `a` names the
/// rectangle; its layers and hidden keys hold for both traces, its `whatIf` for the first alone.
struct DifferenceRequest {
    RegionRequest a;
    std::uint64_t traceB = 0;
    bool ratio = false;
};

/// What stands behind one cell.
struct CellDetail {
    double similarity = 0; ///< z, after 1/sqrt(d) or s
    double scaled = 0;     ///< after the factors, an adaptive one included
    double logit = 0;      ///< after the bias
    double weight = 0;
    std::int64_t rank = 0; ///< 1: the largest of its row
    bool masked = false;
};

/// Row pass of one layer under another plan with z held.
struct WhatIfResult {
    RowStatistics<float> statistics;
    LayerProfiles profiles;
    Overview overview;
};

struct Estimate {
    double seconds = 0;
    std::uint64_t bytes = 0;      ///< peak, model included
    std::uint64_t traceBytes = 0; ///< kept after the run
    std::int64_t blockRows = 0;
    std::uint64_t freeBytes = 0;
    bool fits = true; ///< at most 80 % of what is free
};

/// A checkpoint on a device. Not thread-safe: one thread owns it.
class Model {
public:
    virtual ~Model() = default;

    /// ids: n token ids; padding where openKey[i] == 0 (empty: none).
    [[nodiscard]] virtual Expected<ForwardResult> forward(const std::vector<std::int32_t>& ids,
                                                          const std::vector<std::uint8_t>& openKey,
                                                          const Plan& plan,
                                                          const RunOptions& options) = 0;
    /// Many texts of equal length under one plan at once; the statistics of each. `openKeys` has
    /// one entry a text, or none. logitRows are the same for every text.
    [[nodiscard]] virtual Expected<std::vector<ForwardResult>>
    forwardBatch(const std::vector<std::vector<std::int32_t>>& ids,
                 const std::vector<std::vector<std::uint8_t>>& openKeys, const Plan& plan,
                 const RunOptions& options) = 0;
    /// One text under many plans; what comes before the first attention is computed once.
    [[nodiscard]] virtual Expected<std::vector<ForwardResult>>
    forwardPlans(const std::vector<std::int32_t>& ids, const std::vector<std::uint8_t>& openKey,
                 const std::vector<Plan>& plans, const RunOptions& options) = 0;

    [[nodiscard]] virtual Expected<Region> region(const RegionRequest& request) = 0;
    [[nodiscard]] virtual Expected<Region> difference(const DifferenceRequest& request) = 0;
    /// Weights of the given queries over all keys (queries x n), under the trace's plan or another.
    [[nodiscard]] virtual Expected<std::vector<float>>
    queryRows(std::uint64_t trace, int layer, const std::vector<std::int64_t>& queries,
              const Plan* whatIf) = 0;
    /// Weights of the given keys over all queries (keys x n).
    [[nodiscard]] virtual Expected<std::vector<float>>
    keyColumns(std::uint64_t trace, int layer, const std::vector<std::int64_t>& keys,
               const Plan* whatIf) = 0;
    [[nodiscard]] virtual Expected<CellDetail> cell(std::uint64_t trace, int layer,
                                                    std::int64_t query, std::int64_t key) = 0;
    /// All rows, or only those of [rows.begin, rows.end) where it is not empty.
    [[nodiscard]] virtual Expected<WhatIfResult> whatIf(std::uint64_t trace, int layer,
                                                        const Plan& plan,
                                                        const std::vector<std::uint8_t>& hiddenKeys,
                                                        Span rows, std::stop_token stop) = 0;
    /// `count` logits z of random pairs of one layer, seeded: for the QQ plot.
    [[nodiscard]] virtual Expected<std::vector<float>>
    sampleLogits(std::uint64_t trace, int layer, std::int64_t count, std::uint64_t seed) = 0;

    [[nodiscard]] virtual Estimate estimate(std::int64_t length, int batch,
                                            const RunOptions& options) const = 0;
    virtual void release(std::uint64_t trace) = 0;
};

/// What a plug-in offers.
class Engine {
public:
    virtual ~Engine() = default;
    [[nodiscard]] virtual std::string description() const = 0; ///< "LibTorch 1.13.1, CPU, AVX2"
    [[nodiscard]] virtual std::vector<DeviceInfo> devices() const = 0;
    [[nodiscard]] virtual Expected<std::unique_ptr<Model>> load(const Checkpoint& checkpoint,
                                                                const std::string& device,
                                                                Precision precision,
                                                                int threads) = 0;
};

/// Loads the plug-in for a device ("auto", "cpu", "cuda", "cuda:1"): `isentrope_engine_cuda` or
/// `isentrope_engine_cpu` beside the program, in its lib folder, or in `extraFolders`. The engine
/// stays loaded until the program ends. NoDevice says what is missing and how to get it.
[[nodiscard]] Expected<Engine*>
loadEngine(const std::string& device, const std::vector<std::filesystem::path>& extraFolders = {});

} // namespace isentrope
