// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/attend.h"

#include "core/model/open_columns.h"
#include "core/model/products.h"

#include <ATen/ATen.h>
#include <algorithm>

namespace isentrope {
namespace {

std::shared_ptr<const at::Tensor> share(at::Tensor tensor) {
    return std::make_shared<const at::Tensor>(std::move(tensor));
}

/// The open columns of a block in pieces of at most `step`.
std::vector<Span> columnsToMultiply(const MaskPlan& mask, Span rows, std::int64_t length,
                                    std::int64_t step) {
    std::vector<Span> pieces;
    for (const Span open : openColumns(mask, rows, {0, length}))
        for (std::int64_t begin = open.begin; begin < open.end; begin += step)
            pieces.push_back({begin, std::min(begin + step, open.end)});
    return pieces;
}

} // namespace

LayerValues::LayerValues(const at::Tensor& valuesAndKeys, std::int64_t intermediate, bool bfloat) {
    at::Tensor values = valuesAndKeys.slice(1, 0, intermediate);
    m_all.values = share(bfloat ? values.to(at::kBFloat16) : values);
    m_all.z = share(valuesAndKeys.slice(1, intermediate, valuesAndKeys.size(1)).contiguous());
}

TextValues LayerValues::text(std::int64_t index, std::int64_t length) const {
    const std::int64_t begin = index * length;
    return {share(m_all.values->slice(0, begin, begin + length)),
            share(m_all.z->slice(0, begin, begin + length))};
}

template <class Real>
Attend<Real>::Attend(const Network<Real>& network, const Kernels& kernels, std::int64_t layer,
                     const PlanTables<Real>& tables, const std::vector<std::uint8_t>& openKey,
                     const StatisticsOptions& statistics, TextValues values)
    : m_kernels(kernels)
    , m_tables(tables)
    , m_values(std::move(values))
    , m_pairs(network, layer, tables, *m_values.z, {0, tables.plan().length},
              m_values.values->scalar_type() == at::kBFloat16)
    , m_pass(kernels.blockPass(tables.rowPlan(), openKey, statistics)) {}

template <class Real>
void Attend<Real>::block(Span rows, const BlockPart& part, const ProgressMeter& progress) {
    progress.checkpoint();
    at::Tensor& weights = *part.weights;
    m_pairs.fill(rows, weights);
    std::uint16_t* bfloat =
        part.bfloat ? static_cast<std::uint16_t*>(part.bfloat->data_ptr()) : nullptr;
    m_pass->run({static_cast<Real*>(weights.data_ptr()), weights.stride(0), rows.begin,
                 rows.end - rows.begin, weights.size(1)},
                bfloat);
    timesValues(rows, part, progress);
}

template <class Real>
void Attend<Real>::collect() {
    m_values.values.reset();
    m_pass->collect();
}

/// Columns are taken in pieces, so that the stop token is seen in time, and those that the mask
/// closes for the whole block are left out.
template <class Real>
void Attend<Real>::timesValues(Span rows, const BlockPart& part,
                               const ProgressMeter& progress) const {
    const at::Tensor& weights = part.bfloat ? *part.bfloat : *part.weights;
    const at::Tensor& values = *m_values.values;
    at::Tensor& attended = *part.attended;
    const double perColumn = 2.0 * static_cast<double>(weights.size(0) * values.size(1));
    const auto step = std::max<std::int64_t>(
        512, static_cast<std::int64_t>(m_kernels.operationsAtOnce() / perColumn));
    bool first = true;
    for (const Span piece : columnsToMultiply(m_tables.plan().mask, rows, weights.size(1), step)) {
        progress.checkpoint();
        const at::Tensor left = weights.slice(1, piece.begin, piece.end);
        const at::Tensor right = values.slice(0, piece.begin, piece.end);
        if (part.bfloat)
            bfloatProduct(attended, left, right, !first);
        else if (first)
            at::mm_out(attended, left, right);
        else
            attended.addmm_(left, right);
        first = false;
    }
    if (first) attended.zero_();
}

template class Attend<float>;
template class Attend<double>;

} // namespace isentrope
