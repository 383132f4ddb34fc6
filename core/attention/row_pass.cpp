// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/row_pass.h"

#include "core/attention/layer_sums.h"
#include "core/attention/logit_tables.h"
#include "core/attention/parallel.h"
#include "core/attention/row_group.h"
#include "core/attention/row_kernels.h"

#include <algorithm>
#include <utility>

namespace isentrope {

namespace {

/// Fewer pairs than this are done before other threads have woken up.
constexpr std::int64_t worthThreads = 32768;

template <class Real>
std::vector<Real> rounded(const std::vector<double>& values) {
    std::vector<Real> result;
    result.reserve(values.size());
    for (const double value : values)
        result.push_back(static_cast<Real>(value));
    return result;
}

std::vector<Span> groupsOf(const RowGrouping& grouping, Span rows) {
    std::vector<Span> groups;
    for (std::int64_t row = rows.begin; row < rows.end;) {
        const std::int64_t end = std::min(rows.end, grouping.groupEnd(row));
        groups.push_back({row, end});
        row = end;
    }
    return groups;
}

} // namespace

template <class Real>
RowPlan<Real> RowPlan<Real>::from(const Plan& plan) {
    RowPlan result;
    result.length = plan.length;
    result.factor = static_cast<Real>(plan.factor);
    result.rowFactor = rounded<Real>(plan.rowFactor);
    result.distanceFactor = rounded<Real>(plan.distanceFactor);
    result.distanceBias = rounded<Real>(plan.distanceBias);
    result.window = plan.mask.window.value_or(-1);
    result.sinks = plan.mask.sinks;
    if (plan.adaptive) {
        result.adaptive = rounded<Real>(plan.adaptive->polynomial);
        result.adaptiveThreshold = static_cast<Real>(plan.adaptive->threshold);
    }
    return result;
}

template <class Real>
struct RowPass<Real>::State {
    RowPlan<Real> plan;
    std::vector<std::uint8_t> openKey;
    StatisticsOptions options;
    RowGrouping grouping;
    LogitTables<Real> tables;
    LayerSums sums;
    RowStatistics<Real> statistics;
    std::vector<Real> logSumExp, rowScale;
    std::vector<std::uint8_t> counted;
    RowContext<Real> context;
    std::vector<RowGroup<Real>> groups; ///< working memory, kept from block to block

    State(const RowPlan<Real>& rowPlan, std::vector<std::uint8_t> open,
          const StatisticsOptions& wanted)
        : plan(rowPlan)
        , openKey(std::move(open))
        , options(wanted)
        , grouping(RowGrouping::of(plan.length, options.overviewSide))
        , tables(plan, openKey, {0, plan.length}, {0, plan.length})
        , sums(grouping, options)
        , logSumExp(static_cast<std::size_t>(plan.length))
        , rowScale(plan.adaptive.empty() ? 0 : static_cast<std::size_t>(plan.length), Real{1})
        , counted(static_cast<std::size_t>(plan.length))
        , context{plan,       tables,    openKey,  options, grouping, rowKernels<Real>(),
                  statistics, logSumExp, rowScale, counted} {
        statistics.resize(plan.length, rangeCount(plan.length),
                          static_cast<int>(options.spans.size()));
    }
};

template <class Real>
RowPass<Real>::RowPass(const RowPlan<Real>& plan, std::vector<std::uint8_t> openKey,
                       const StatisticsOptions& options)
    : m_state(std::make_unique<State>(plan, std::move(openKey), options)) {}

template <class Real>
RowPass<Real>::~RowPass() = default;
template <class Real>
RowPass<Real>::RowPass(RowPass&&) noexcept = default;
template <class Real>
RowPass<Real>& RowPass<Real>::operator=(RowPass&&) noexcept = default;

template <class Real>
void RowPass<Real>::run(const RowBlock<Real>& block) {
    State& state = *m_state;
    const std::vector<Span> todo =
        groupsOf(state.grouping, {block.firstRow, block.firstRow + block.rows});
    const bool worthIt = block.rows * block.columns >= worthThreads;
    const auto atOnce = std::min(todo.size(), static_cast<std::size_t>(2 * threadLimit()));
    while (state.groups.size() < atOnce)
        state.groups.emplace_back(state.context);
    for (std::size_t first = 0; first < todo.size(); first += atOnce) {
        const std::size_t count = std::min(atOnce, todo.size() - first);
        parallelFor(static_cast<std::int64_t>(count), worthIt, [&](std::int64_t index) {
            const auto at = static_cast<std::size_t>(index);
            state.groups[at].run(block, todo[first + at]);
        });
        state.sums.add(std::span<const RowGroup<Real>>(state.groups.data(), count));
    }
}

template <class Real>
const RowStatistics<Real>& RowPass<Real>::statistics() const {
    return m_state->statistics;
}

template <class Real>
const std::vector<Real>& RowPass<Real>::logSumExp() const {
    return m_state->logSumExp;
}

template <class Real>
const std::vector<Real>& RowPass<Real>::rowScale() const {
    return m_state->rowScale;
}

template <class Real>
LayerProfiles RowPass<Real>::profiles() const {
    const State& state = *m_state;
    return state.sums.template profiles<Real>(state.counted, state.openKey,
                                              state.statistics.entropy);
}

template <class Real>
Overview RowPass<Real>::overview() const {
    return m_state->sums.overview(m_state->counted);
}

template struct RowPlan<float>;
template struct RowPlan<double>;
template class RowPass<float>;
template class RowPass<double>;

} // namespace isentrope
