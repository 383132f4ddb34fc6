// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/plan_tables.h"

#include <ATen/ATen.h>
#include <numeric>

namespace isentrope {
namespace {

/// positions x (d / 2) each.
struct Rotation {
    at::Tensor cosine, sine;
};

template <class Real>
at::Tensor onDevice(const std::vector<Real>& values, std::int64_t rows, at::Device device) {
    const std::int64_t planes = rows > 0 ? static_cast<std::int64_t>(values.size()) / rows : 0;
    const at::Tensor host = at::from_blob(const_cast<Real*>(values.data()), {rows, planes},
                                          c10::CppTypeToScalarType<Real>::value);
    // Copied: the vector ends with the caller. From pinned memory a GPU fetches it when it comes
    // to it, and nobody waits.
    if (device.is_cuda()) return host.pin_memory().to(device, host.scalar_type(), true);
    return host.to(device, host.scalar_type(), false, true);
}

template <class Real>
Rotation makeRotationAs(const PositionPlan& plan, const std::vector<double>& positions,
                        at::Device device) {
    const RotationTable<Real> table = rotationTable<Real>(plan, positions);
    const auto rows = static_cast<std::int64_t>(positions.size());
    return {onDevice(table.cosine, rows, device), onDevice(table.sine, rows, device)};
}

/// From this s on a cosine is computed in double.
constexpr double sharpCosine = 32;

at::Tensor rotated(const at::Tensor& x, const at::Tensor& cosine, const at::Tensor& sine) {
    const std::int64_t d = x.size(1), half = d / 2;
    const at::Tensor even = x.slice(1, 0, d, 2), odd = x.slice(1, 1, d, 2);
    at::Tensor out = at::empty({x.size(0), d}, x.options());
    at::Tensor left = out.slice(1, 0, half), right = out.slice(1, half, d);
    at::mul_out(left, even, cosine);
    left.addcmul_(odd, sine, -1);
    at::mul_out(right, even, sine);
    right.addcmul_(odd, cosine);
    return out;
}

at::Tensor rotatedFrom(const at::Tensor& x, const Rotation& table, std::int64_t first) {
    const std::int64_t end = first + x.size(0);
    return rotated(x, table.cosine.slice(0, first, end), table.sine.slice(0, first, end));
}

std::vector<double> shifted(std::vector<double> positions, double offset) {
    for (double& position : positions)
        position += offset;
    return positions;
}

std::vector<double> countUp(std::int64_t length) {
    std::vector<double> positions(static_cast<std::size_t>(length));
    std::iota(positions.begin(), positions.end(), 0.0);
    return positions;
}

} // namespace

template <class Real>
struct PlanTables<Real>::State {
    Plan plan;
    RowPlan<Real> rowPlan;
    FarPositions far;
    at::Device device;
    bool inDouble;
    Rotation near, farPast, farFuture, farKey;

    [[nodiscard]] Rotation rotation(const std::vector<double>& positions) const {
        return inDouble ? makeRotationAs<double>(plan.position, positions, device)
                        : makeRotationAs<Real>(plan.position, positions, device);
    }
};

template <class Real>
PlanTables<Real>::PlanTables(const Plan& plan, const std::string& device) {
    const bool sharp =
        plan.similarity.kind == Similarity::Kind::Cosine && plan.similarity.scale >= sharpCosine;
    auto state = std::make_unique<State>(State{plan,
                                               RowPlan<Real>::from(plan),
                                               farPositions(plan),
                                               at::Device(device),
                                               sharp || std::is_same_v<Real, double>,
                                               {},
                                               {},
                                               {},
                                               {}});
    state->near = state->rotation(countUp(plan.length));
    const FarPositions& far = state->far;
    if (far.needed) {
        const double future = far.sameSign ? far.offset : -far.offset;
        state->farPast = state->rotation(shifted(far.position, far.offset));
        state->farFuture = state->rotation(shifted(far.position, future));
        if (!far.rawKey) state->farKey = state->rotation(far.position);
    }
    m_state = std::move(state);
}

template <class Real>
PlanTables<Real>::~PlanTables() = default;

template <class Real>
const Plan& PlanTables<Real>::plan() const {
    return m_state->plan;
}

template <class Real>
const RowPlan<Real>& PlanTables<Real>::rowPlan() const {
    return m_state->rowPlan;
}

template <class Real>
const FarPositions& PlanTables<Real>::far() const {
    return m_state->far;
}

template <class Real>
bool PlanTables<Real>::comparesInDouble() const {
    return m_state->inDouble;
}

template <class Real>
at::Tensor PlanTables<Real>::rotateNear(const at::Tensor& x, std::int64_t first) const {
    return rotatedFrom(x, m_state->near, first);
}

template <class Real>
at::Tensor PlanTables<Real>::rotateFarQuery(const at::Tensor& x, std::int64_t first,
                                            bool past) const {
    return rotatedFrom(x, past ? m_state->farPast : m_state->farFuture, first);
}

template <class Real>
at::Tensor PlanTables<Real>::rotateFarKey(const at::Tensor& x, std::int64_t first) const {
    return m_state->far.rawKey ? x : rotatedFrom(x, m_state->farKey, first);
}

template <class Real>
at::Tensor PlanTables<Real>::rotateTo(const at::Tensor& x,
                                      const std::vector<double>& positions) const {
    return rotatedFrom(x, m_state->rotation(positions), 0);
}

template <class Real>
std::uint64_t PlanTables<Real>::bytes(std::int64_t length, std::int64_t keySize, bool twoPieces) {
    const auto table = static_cast<std::uint64_t>(length * keySize) * sizeof(Real);
    return table * (twoPieces ? 4 : 1);
}

template class PlanTables<float>;
template class PlanTables<double>;

} // namespace isentrope
