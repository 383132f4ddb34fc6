// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/cuda_plan.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <cstring>
#include <tuple>

namespace isentrope {
namespace {

constexpr std::size_t remembered = 8;

bool same(const RowPlan<float>& a, const RowPlan<float>& b) {
    const auto fields = [](const RowPlan<float>& plan) {
        return std::tie(plan.length, plan.factor, plan.rowFactor, plan.distanceFactor,
                        plan.distanceBias, plan.window, plan.sinks, plan.adaptive,
                        plan.adaptiveThreshold);
    };
    return fields(a) == fields(b);
}

std::shared_ptr<const UploadedPlan> uploadPlan(const RowPlan<float>& plan,
                                               std::span<const std::uint8_t> openKey, int device) {
    Upload upload;
    const std::size_t row = upload.add(std::span(plan.rowFactor));
    const std::size_t factor = upload.add(std::span(plan.distanceFactor));
    const std::size_t bias = upload.add(std::span(plan.distanceBias));
    const std::size_t adaptive = upload.add(std::span(plan.adaptive));
    const std::size_t open = upload.add(openKey);
    auto uploaded = std::make_shared<UploadedPlan>();
    uploaded->memory = std::make_shared<const at::Tensor>(upload.send(device));
    const auto* bytes = static_cast<const std::uint8_t*>(uploaded->memory->data_ptr());
    const auto table = [&](const std::vector<float>& values, std::size_t place) {
        return values.empty() ? nullptr : reinterpret_cast<const float*>(bytes + place);
    };
    cuda::DevicePlan& there = uploaded->plan;
    there.length = plan.length;
    there.factor = plan.factor;
    there.rowFactor = table(plan.rowFactor, row);
    there.distanceFactor = table(plan.distanceFactor, factor);
    there.distanceBias = table(plan.distanceBias, bias);
    there.window = plan.window;
    there.sinks = plan.sinks;
    there.openKey = openKey.empty() ? nullptr : bytes + open;
    there.adaptive = table(plan.adaptive, adaptive);
    there.adaptiveTerms = static_cast<int>(plan.adaptive.size());
    there.adaptiveThreshold = plan.adaptiveThreshold;
    return uploaded;
}

} // namespace

at::Tensor Upload::send(int device) const {
    const auto size = static_cast<std::int64_t>(m_bytes.size());
    const at::Tensor pinned =
        at::empty({size}, at::TensorOptions().dtype(at::kByte).pinned_memory(true));
    if (size > 0) std::memcpy(pinned.data_ptr(), m_bytes.data(), m_bytes.size());
    return pinned.to(at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device)), at::kByte, true);
}

std::shared_ptr<const UploadedPlan>
UploadedPlans::of(const RowPlan<float>& plan, std::span<const std::uint8_t> openKey, int device) {
    const std::scoped_lock lock(m_mutex);
    const auto known = std::ranges::find_if(m_recent, [&](const Entry& entry) {
        return std::ranges::equal(entry.openKey, openKey) && same(entry.plan, plan);
    });
    if (known != m_recent.end()) return known->uploaded;
    m_recent.push_front(
        {plan, {openKey.begin(), openKey.end()}, uploadPlan(plan, openKey, device)});
    if (m_recent.size() > remembered) m_recent.pop_back();
    return m_recent.front().uploaded;
}

} // namespace isentrope
