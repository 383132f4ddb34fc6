// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/forward.h"

#include "core/model/attend.h"
#include "core/model/predictions.h"
#include "core/model/row_chunks.h"
#include "core/model/statistics_convert.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <algorithm>
#include <cmath>

namespace isentrope {
namespace {

/// Share of the run that the output logits may take in the progress shown.
constexpr double outputShare = 0.05;

template <class Real>
std::int64_t oddRowsOf(const RowStatistics<Real>& statistics,
                       const std::vector<std::uint8_t>& openKey) {
    std::int64_t odd = 0;
    for (std::size_t row = 0; row < statistics.logSumExp.size(); ++row)
        if ((openKey.empty() || openKey[row]) && !std::isfinite(statistics.logSumExp[row])) ++odd;
    return odd;
}

/// The running state: h of all texts, one below another.
template <class Real>
class ForwardRun {
public:
    ForwardRun(const Network<Real>& network, const Kernels& kernels,
               const std::vector<Text<Real>>& texts, const ForwardShape& shape,
               const RunOptions& options, ProgressMeter& progress);

    std::vector<TextOutput<Real>> run();

private:
    bool shared(std::int64_t layer) const { return m_shape.sameInput && layer == 0; }
    bool kept(std::int64_t layer) const;
    void runLayer(std::int64_t layer);
    void project(std::int64_t layer, at::Tensor& valuesAndKeys);
    void runChunk(std::int64_t layer, const RowChunk& chunk, std::vector<Attend<Real>>& attends,
                  at::Tensor& next);
    void keepPending();
    void keep(std::int64_t layer, std::size_t text, Attend<Real>& attend);
    void outputs();

    const Network<Real>& m_network;
    const Kernels& m_kernels;
    const std::vector<Text<Real>>& m_texts;
    ForwardShape m_shape;
    const RunOptions& m_options;
    ProgressMeter& m_progress;
    std::int64_t m_length, m_count, m_layers;
    std::vector<RowChunk> m_chunks;
    std::vector<TextOutput<Real>> m_outputs;
    at::Tensor m_h; // count x n rows, or n while all texts are the same
    BlockBuffers<Real> m_buffers;
    std::int64_t m_pendingLayer = -1;
    std::vector<Attend<Real>> m_pending; // of the layer whose results are on their way
};

template <class Real>
ForwardRun<Real>::ForwardRun(const Network<Real>& network, const Kernels& kernels,
                             const std::vector<Text<Real>>& texts, const ForwardShape& shape,
                             const RunOptions& options, ProgressMeter& progress)
    : m_network(network)
    , m_kernels(kernels)
    , m_texts(texts)
    , m_shape(shape)
    , m_options(options)
    , m_progress(progress)
    , m_length(texts.front().tables->plan().length)
    , m_count(static_cast<std::int64_t>(texts.size()))
    , m_layers(network.config().layers)
    , m_chunks(rowChunks(m_count, m_length, shape.blockRows, kernels.concurrentTexts()))
    , m_outputs(texts.size())
    , m_buffers(largestChunk(m_chunks), m_length, network.config().intermediate, network.device(),
                shape.bfloatProducts) {
    for (std::size_t t = 0; t < texts.size(); ++t)
        m_outputs[t].trace = {texts[t].tables, texts[t].openKey, options.statistics, {}};
}

template <class Real>
std::vector<TextOutput<Real>> ForwardRun<Real>::run() {
    std::vector<std::int32_t> ids;
    for (const Text<Real>& text : m_texts) {
        ids.insert(ids.end(), text.ids->begin(), text.ids->end());
        if (m_shape.sameInput) break;
    }
    m_progress.report("embeddings", 0);
    m_h = m_network.embed(ids);
    for (std::int64_t layer = 0; layer < m_layers; ++layer)
        runLayer(layer);
    keepPending();
    outputs();
    return std::move(m_outputs);
}

template <class Real>
bool ForwardRun<Real>::kept(std::int64_t layer) const {
    const std::vector<int>& wanted = m_options.layers;
    return wanted.empty() || std::ranges::find(wanted, static_cast<int>(layer)) != wanted.end();
}

template <class Real>
void ForwardRun<Real>::runLayer(std::int64_t layer) {
    const std::int64_t e = m_network.config().intermediate, d = m_network.config().keySize;
    at::Tensor valuesAndKeys = at::empty({m_h.size(0), e + d}, m_h.options());
    project(layer, valuesAndKeys);
    const bool same = shared(layer);
    at::Tensor next = same ? at::empty({m_count * m_length, m_h.size(1)}, m_h.options()) : m_h;

    StatisticsOptions statistics = m_options.statistics;
    if (!kept(layer)) statistics.profiles = statistics.overview = false;
    const LayerValues values(valuesAndKeys, e, m_shape.bfloatProducts);
    std::vector<Attend<Real>> attends;
    for (std::int64_t t = 0; t < m_count; ++t) {
        const Text<Real>& text = m_texts[static_cast<std::size_t>(t)];
        attends.emplace_back(m_network, m_kernels, layer, *text.tables, text.openKey, statistics,
                             values.text(same ? 0 : t, m_length));
    }
    double done = 0;
    for (const RowChunk& chunk : m_chunks) {
        const double share =
            (static_cast<double>(layer) + done / static_cast<double>(m_chunks.size())) /
            static_cast<double>(m_layers);
        m_progress.report("layer " + std::to_string(layer + 1) + " of " + std::to_string(m_layers),
                          share * (1 - outputShare));
        runChunk(layer, chunk, attends, next);
        done += 1;
    }
    m_h = next;
    for (Attend<Real>& attend : attends)
        attend.collect();
    keepPending();
    m_pendingLayer = layer;
    m_pending = std::move(attends);
    if (!m_kernels.runsAhead()) keepPending();
}

template <class Real>
void ForwardRun<Real>::keepPending() {
    for (std::size_t t = 0; t < m_pending.size(); ++t)
        keep(m_pendingLayer, t, m_pending[t]);
    m_pending.clear();
}

/// v and z of all rows, in pieces short enough for the stop token.
template <class Real>
void ForwardRun<Real>::project(std::int64_t layer, at::Tensor& valuesAndKeys) {
    const double perRow =
        2.0 * static_cast<double>(m_h.size(1)) * static_cast<double>(valuesAndKeys.size(1));
    const auto step = std::max<std::int64_t>(
        64, static_cast<std::int64_t>(m_kernels.operationsAtOnce() / perRow));
    for (std::int64_t row = 0; row < m_h.size(0); row += step) {
        m_progress.checkpoint();
        const std::int64_t end = std::min(row + step, m_h.size(0));
        at::Tensor into = valuesAndKeys.slice(0, row, end);
        m_network.valuesAndKeys(layer, m_h.slice(0, row, end), into);
    }
}

/// Attention of the chunk's texts, then gate, output and norm for all its rows at once.
template <class Real>
void ForwardRun<Real>::runChunk(std::int64_t layer, const RowChunk& chunk,
                                std::vector<Attend<Real>>& attends, at::Tensor& next) {
    const std::int64_t perText = chunk.rows.end - chunk.rows.begin;
    const auto attend = [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t t = begin; t < end; ++t)
            attends[static_cast<std::size_t>(chunk.firstText + t)].block(
                chunk.rows, m_buffers.part(t * perText, perText), m_progress);
    };
    if (chunk.texts == 1)
        attend(0, 1);
    else
        at::parallel_for(0, chunk.texts, 1, attend);

    const std::int64_t first = chunk.firstText * m_length + chunk.rows.begin;
    const std::int64_t rows = chunk.texts * perText;
    const at::Tensor attended = *m_buffers.part(0, rows).attended;
    // Texts that share their input read the same rows of h; else one product serves them all.
    const std::int64_t step = shared(layer) ? perText : rows;
    for (std::int64_t row = 0; row < rows; row += step) {
        const std::int64_t source = shared(layer) ? chunk.rows.begin : first;
        at::Tensor out = next.slice(0, first + row, first + row + step);
        m_network.advance(layer, m_h.slice(0, source, source + step),
                          attended.slice(0, row, row + step), out);
    }
}

template <class Real>
void ForwardRun<Real>::keep(std::int64_t layer, std::size_t text, Attend<Real>& attend) {
    PassResult<Real> result = attend.finish();
    TextOutput<Real>& output = m_outputs[text];
    if (output.oddLayer < 0) {
        output.oddRows = oddRowsOf(result.statistics, m_texts[text].openKey);
        if (output.oddRows > 0) output.oddLayer = layer;
    }
    if (!kept(layer)) return;
    output.layers.push_back({static_cast<int>(layer), toFloat(result.statistics),
                             std::move(result.profiles), std::move(result.overview)});
    if (!m_options.keepTrace) return;
    output.trace.layers.push_back({static_cast<int>(layer), attend.z(), std::move(result.logSumExp),
                                   std::move(result.rowScale)});
}

template <class Real>
void ForwardRun<Real>::outputs() {
    for (std::int64_t t = 0; t < m_count; ++t) {
        m_progress.report("output", 1 - outputShare);
        const std::int64_t begin = m_h.size(0) == m_length ? 0 : t * m_length;
        TextOutput<Real>& output = m_outputs[static_cast<std::size_t>(t)];
        predict(m_network, m_h.slice(0, begin, begin + m_length), m_options, m_progress,
                output.logits, output.predictions);
    }
    m_progress.report("output", 1);
}

} // namespace

template <class Real>
std::vector<TextOutput<Real>> runForward(const Network<Real>& network, const Kernels& kernels,
                                         const std::vector<Text<Real>>& texts,
                                         const ForwardShape& shape, const RunOptions& options,
                                         ProgressMeter& progress) {
    return ForwardRun<Real>(network, kernels, texts, shape, options, progress).run();
}

template std::vector<TextOutput<float>> runForward(const Network<float>&, const Kernels&,
                                                   const std::vector<Text<float>>&,
                                                   const ForwardShape&, const RunOptions&,
                                                   ProgressMeter&);
template std::vector<TextOutput<double>> runForward(const Network<double>&, const Kernels&,
                                                    const std::vector<Text<double>>&,
                                                    const ForwardShape&, const RunOptions&,
                                                    ProgressMeter&);

} // namespace isentrope
