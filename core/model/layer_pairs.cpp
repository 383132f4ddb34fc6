// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/layer_pairs.h"

#include "core/model/open_columns.h"
#include "core/model/products.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <cmath>

namespace isentrope {
namespace {

/// i - j for rows x columns, as whole numbers.
at::Tensor signedDistance(Span rows, Span columns, at::Device device) {
    const auto options = at::TensorOptions().dtype(at::kLong).device(device);
    return at::arange(rows.begin, rows.end, options).unsqueeze(1) -
           at::arange(columns.begin, columns.end, options).unsqueeze(0);
}

/// out = where(chosen, replacement, out).
void patch(at::Tensor out, const at::Tensor& chosen, const at::Tensor& replacement) {
    out.copy_(at::where(chosen, replacement.to(out.scalar_type()), out));
}

at::Tensor unitRows(const at::Tensor& x) {
    return x / (x.norm(2, -1, true) + 1e-9);
}

} // namespace

template <class Real>
struct LayerPairs<Real>::State {
    const Network<Real>& network;
    std::int64_t layer;
    const PlanTables<Real>& tables;
    at::Tensor z;
    Span columns;
    bool fast;
    at::Tensor rawKeys;  // only where sinks stand elsewhere
    at::Tensor nearKeys; // rotated to their own places
    at::Tensor farKeys;

    const Plan& plan() const { return tables.plan(); }
    bool sinksMove() const {
        const MaskPlan& mask = plan().mask;
        return mask.window && mask.sinks > 0 && mask.farSinks != MaskPlan::FarSinks::Absolute;
    }
    at::Tensor widened(const at::Tensor& x) const {
        return tables.comparesInDouble() ? x.to(at::kDouble) : x;
    }
    bool cosine() const { return plan().similarity.kind == Similarity::Kind::Cosine; }

    at::Tensor queries(Span rows) const;
    at::Tensor keys() const;
    at::Tensor view(at::Tensor& out, Span part) const {
        return out.slice(1, part.begin - columns.begin, part.end - columns.begin);
    }
    at::Tensor keyRows(const at::Tensor& keyTable, Span part) const {
        return keyTable.slice(0, part.begin - columns.begin, part.end - columns.begin);
    }
    at::Tensor querySide(const at::Tensor& q) const { return pairSide(q, Side::Query, fast); }
    at::Tensor keySide(const at::Tensor& k) const { return pairSide(k, Side::Key, fast); }
    void product(const at::Tensor& q, const at::Tensor& keyTable, Span part,
                 at::Tensor& out) const {
        if (part.begin >= part.end) return;
        at::Tensor target = view(out, part);
        pairProduct(target, q, keyRows(keyTable, part));
    }
    void fillTwoPieces(Span rows, Span part, const at::Tensor& q, at::Tensor& out) const;
    void fillFar(Span rows, Span pure, Span mixed, bool past, const at::Tensor& q,
                 at::Tensor& out) const;
    void moveSinkKeys(Span rows, const at::Tensor& q, at::Tensor& out) const;
    void moveSinkKeys(Span rows, bool past, const at::Tensor& qAtZero, at::Tensor& out) const;
    void moveSinkQueries(Span rows, const at::Tensor& q, at::Tensor& out) const;
};

/// Queries carry the constant of the similarity, so that no pass over the pairs is spent on it.
template <class Real>
at::Tensor LayerPairs<Real>::State::queries(Span rows) const {
    at::Tensor q = widened(network.queries(layer, z.slice(0, rows.begin, rows.end)));
    if (cosine()) return unitRows(q).mul_(plan().similarity.scale);
    return q.mul_(1.0 / std::sqrt(static_cast<double>(z.size(1))));
}

template <class Real>
at::Tensor LayerPairs<Real>::State::keys() const {
    at::Tensor k = widened(network.keys(layer, z.slice(0, columns.begin, columns.end)));
    return cosine() ? unitRows(k) : k;
}

/// Near pairs (|i - j| < w) lie in a band of columns around the block; past and future far pairs
/// on either side. Columns at the edges of the band hold both kinds: there the far product is
/// made apart and patched in.
template <class Real>
void LayerPairs<Real>::State::fillTwoPieces(Span rows, Span part, const at::Tensor& q,
                                            at::Tensor& out) const {
    const std::int64_t w = tables.far().nearBelow;
    if (w <= 0) { // the offset is 0 then, so the sign of the distance makes no difference
        product(querySide(tables.rotateFarQuery(q, rows.begin, true)), farKeys, part, out);
        return;
    }
    const Span near = intersect(part, {rows.begin - w + 1, rows.end - 1 + w});
    product(querySide(tables.rotateNear(q, rows.begin)), nearKeys, near, out);
    const Span past = intersect(part, {part.begin, rows.end - w});
    fillFar(rows, intersect(past, {part.begin, rows.begin - w + 1}),
            intersect(past, {rows.begin - w + 1, part.end}), true, q, out);
    const Span future = intersect(part, {rows.begin + w, part.end});
    fillFar(rows, intersect(future, {rows.end - 1 + w, part.end}),
            intersect(future, {part.begin, rows.end - 1 + w}), false, q, out);
}

template <class Real>
void LayerPairs<Real>::State::fillFar(Span rows, Span pure, Span mixed, bool past,
                                      const at::Tensor& q, at::Tensor& out) const {
    if (lengthOf(pure) <= 0 && lengthOf(mixed) <= 0) return;
    const at::Tensor far = querySide(tables.rotateFarQuery(q, rows.begin, past));
    product(far, farKeys, pure, out);
    if (lengthOf(mixed) <= 0) return;
    const at::Tensor distance = signedDistance(rows, mixed, z.device());
    const std::int64_t w = tables.far().nearBelow;
    at::Tensor pairs = at::empty({lengthOf(rows), lengthOf(mixed)}, out.options());
    pairProduct(pairs, far, keyRows(farKeys, mixed));
    patch(view(out, mixed), past ? distance.ge(w) : distance.le(-w), pairs);
}

/// Pairs outside the window whose key is a sink: the key is turned back by its distance, the query
/// stands at 0.
template <class Real>
void LayerPairs<Real>::State::moveSinkKeys(Span rows, const at::Tensor& q, at::Tensor& out) const {
    const at::Tensor atZero =
        tables.rotateTo(q, std::vector<double>(static_cast<std::size_t>(lengthOf(rows)), 0.0));
    moveSinkKeys(rows, true, atZero, out);
    moveSinkKeys(rows, false, atZero, out);
}

template <class Real>
void LayerPairs<Real>::State::moveSinkKeys(Span rows, bool past, const at::Tensor& qAtZero,
                                           at::Tensor& out) const {
    const MaskPlan& mask = plan().mask;
    const std::int64_t window = *mask.window;
    const Span sinks = intersect(columns, {0, mask.sinks});
    const std::int64_t furthest = past ? rows.end - 1 - sinks.begin : sinks.end - 1 - rows.begin;
    if (lengthOf(sinks) <= 0 || furthest <= window) return;
    std::vector<double> positions;
    for (std::int64_t key = sinks.begin; key < sinks.end; ++key)
        positions.push_back(
            -farSinkDistance(mask, past ? key + window + 1 : key - window - 1, key));
    const at::Tensor keyTable = tables.rotateTo(
        rawKeys.slice(0, sinks.begin - columns.begin, sinks.end - columns.begin), positions);
    const at::Tensor distance = signedDistance(rows, sinks, z.device());
    patch(view(out, sinks), past ? distance.gt(window) : distance.lt(-window),
          at::mm(qAtZero, keyTable.t()));
}

/// Pairs outside the window whose query alone is a sink: the query is turned by its distance.
template <class Real>
void LayerPairs<Real>::State::moveSinkQueries(Span rows, const at::Tensor& q,
                                              at::Tensor& out) const {
    const MaskPlan& mask = plan().mask;
    const std::int64_t window = *mask.window;
    const Span sinks = intersect(rows, {0, mask.sinks});
    const Span others =
        intersect(columns, {std::max(mask.sinks, sinks.begin + window + 1), columns.end});
    if (lengthOf(sinks) <= 0 || lengthOf(others) <= 0) return;
    std::vector<double> positions;
    for (std::int64_t i = sinks.begin; i < sinks.end; ++i)
        positions.push_back(farSinkDistance(mask, i, std::max(mask.sinks, i + window + 1)));
    const Span inBlock{sinks.begin - rows.begin, sinks.end - rows.begin};
    const at::Tensor turned = tables.rotateTo(q.slice(0, inBlock.begin, inBlock.end), positions);
    const at::Tensor keyTable =
        tables.rotateTo(rawKeys.slice(0, others.begin - columns.begin, others.end - columns.begin),
                        std::vector<double>(static_cast<std::size_t>(lengthOf(others)), 0.0));
    patch(view(out, others).slice(0, inBlock.begin, inBlock.end),
          signedDistance(sinks, others, z.device()).lt(-window), at::mm(turned, keyTable.t()));
}

template <class Real>
LayerPairs<Real>::LayerPairs(const Network<Real>& network, std::int64_t layer,
                             const PlanTables<Real>& tables, const at::Tensor& z, Span columns,
                             bool fast) {
    auto state =
        std::make_unique<State>(State{network, layer, tables, z, columns, fast, {}, {}, {}});
    const at::Tensor k = state->keys();
    state->nearKeys = state->keySide(tables.rotateNear(k, columns.begin));
    if (tables.far().needed) state->farKeys = state->keySide(tables.rotateFarKey(k, columns.begin));
    if (state->sinksMove()) state->rawKeys = k;
    m_state = std::move(state);
}

template <class Real>
LayerPairs<Real>::~LayerPairs() = default;

template <class Real>
LayerPairs<Real>::LayerPairs(LayerPairs&&) noexcept = default;

template <class Real>
void LayerPairs<Real>::fill(Span rows, at::Tensor& out) const {
    const at::Tensor q = m_state->queries(rows);
    const bool onePiece = !m_state->tables.far().needed;
    const at::Tensor near =
        onePiece ? m_state->querySide(m_state->tables.rotateNear(q, rows.begin)) : at::Tensor();
    for (const Span part : openColumns(m_state->plan().mask, rows, m_state->columns)) {
        if (onePiece)
            m_state->product(near, m_state->nearKeys, part, out);
        else
            m_state->fillTwoPieces(rows, part, q, out);
    }
    if (!m_state->sinksMove()) return;
    m_state->moveSinkKeys(rows, q, out);
    m_state->moveSinkQueries(rows, q, out);
}

template class LayerPairs<float>;
template class LayerPairs<double>;

} // namespace isentrope
