// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/attention_file.h"

#include "core/result/safetensors_writer.h"

#include <algorithm>
#include <cctype>

namespace isentrope::cli {
namespace {

constexpr std::int64_t bandBytes = 64'000'000;

/// A statistic of a layer: its name in the file, its shape beyond the rows, and where it stands.
struct Column {
    const char* name;
    const std::vector<float> RowStatistics<float>::*values;
    int RowStatistics<float>::*width; ///< null: one value a row
};

constexpr int RowStatistics<float>::*single = nullptr;
const std::vector<Column>& columns() {
    using Statistics = RowStatistics<float>;
    static const std::vector<Column> list = {
        {"lse", &Statistics::logSumExp, single},
        {"entropy", &Statistics::entropy, single},
        {"near_mass", &Statistics::nearMass, single},
        {"max_weight", &Statistics::maxWeight, single},
        {"sink_mass", &Statistics::sinkMass, single},
        {"mean_distance", &Statistics::meanDistance, single},
        {"range_mass", &Statistics::rangeMass, &Statistics::ranges},
        {"range_entropy", &Statistics::rangeEntropy, &Statistics::ranges},
    };
    return list;
}

std::string nameOf(const LayerResult& layer, const std::string& what) {
    return "layer." + std::to_string(layer.layer) + "." + what;
}

std::vector<TensorPlan> declare(const AttentionFile& file) {
    const std::int64_t n = file.result->length;
    std::vector<TensorPlan> tensors = {{"input_ids", NumberType::I64, {n}}};
    for (const LayerResult& layer : file.result->layers) {
        const auto& statistics = layer.statistics;
        for (const Column& column : columns()) {
            std::vector<std::int64_t> shape = {n};
            if (column.width) shape.push_back(statistics.*column.width);
            tensors.push_back({nameOf(layer, column.name), NumberType::F32, shape});
        }
        tensors.push_back({nameOf(layer, "max_column"), NumberType::I64, {n}});
        const std::vector<std::int64_t> side = {layer.overview.side, layer.overview.side};
        tensors.push_back({nameOf(layer, "overview_mean"), NumberType::F32, side});
        tensors.push_back({nameOf(layer, "overview_max"), NumberType::F32, side});
        if (file.full) tensors.push_back({nameOf(layer, "attention"), NumberType::F32, {n, n}});
    }
    if (file.full) tensors.push_back({"logits", NumberType::F32, {n, file.vocabulary}});
    return tensors;
}

Expected<void> writeLayer(SafetensorsWriter& writer, const LayerResult& layer) {
    for (const Column& column : columns())
        if (auto done = writer.append(nameOf(layer, column.name), layer.statistics.*column.values);
            !done)
            return done;
    if (auto done = writer.append(nameOf(layer, "max_column"), layer.statistics.maxColumn); !done)
        return done;
    if (auto done = writer.append(nameOf(layer, "overview_mean"), layer.overview.mean); !done)
        return done;
    return writer.append(nameOf(layer, "overview_max"), layer.overview.max);
}

/// The exact map of one layer, a band of rows at a time.
Expected<void> writeMap(SafetensorsWriter& writer, const AttentionFile& file,
                        const LayerResult& layer, std::size_t layerAt) {
    const std::int64_t n = file.result->length;
    const auto layers = static_cast<double>(file.result->layers.size());
    const std::int64_t band =
        std::max<std::int64_t>(1, bandBytes / (n * static_cast<std::int64_t>(sizeof(float))));
    for (std::int64_t row = 0; row < n; row += band) {
        RegionRequest request;
        request.trace = file.result->trace;
        request.layers = {layer.layer};
        request.row = row;
        request.rows = std::min(band, n - row);
        request.columns = n;
        request.side = n; // a bin a cell
        const auto region = file.full->region(request);
        if (!region) return tl::unexpected(region.error());
        if (auto done = writer.append(nameOf(layer, "attention"), region->values); !done)
            return done;
        const double rows = static_cast<double>(row + request.rows) / static_cast<double>(n);
        if (file.progress && !file.progress((static_cast<double>(layerAt) + rows) / layers))
            return fail(ErrorCode::Cancelled, "stopped; " + file.path.string() + " is not written");
    }
    return {};
}

} // namespace

Expected<void> writeAttentionFile(const AttentionFile& file) {
    auto metadata = file.provenance.fields();
    metadata["statistics"] = "natural logarithm; rows of padding are NaN";
    auto writer = SafetensorsWriter::create(file.path, declare(file), metadata);
    if (!writer) return tl::unexpected(writer.error());
    const std::vector<std::int64_t> ids(file.ids->begin(), file.ids->end());
    if (auto done = writer->append("input_ids", ids); !done) return done;
    for (std::size_t at = 0; at < file.result->layers.size(); ++at) {
        const LayerResult& layer = file.result->layers[at];
        if (auto done = writeLayer(*writer, layer); !done) return done;
        if (!file.full) continue;
        if (auto done = writeMap(*writer, file, layer, at); !done) return done;
    }
    if (file.full)
        if (auto done = writer->append("logits", file.result->logits); !done) return done;
    return writer->commit();
}

std::uint64_t fullBytes(std::int64_t layers, std::int64_t length, std::int64_t vocabulary) {
    const auto n = static_cast<std::uint64_t>(length);
    return sizeof(float) * (static_cast<std::uint64_t>(layers) * n * n +
                            n * static_cast<std::uint64_t>(vocabulary));
}

std::string schemeFileName(const std::string& scheme) {
    std::string name = scheme;
    for (char& c : name) {
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                           (c >= '0' && c <= '9') ||
                           std::string_view(".+=()-").find(c) != std::string_view::npos;
        if (!plain) c = '_';
    }
    return name;
}

} // namespace isentrope::cli
