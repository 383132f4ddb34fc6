// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/cuda/kernels.h"
#include "core/attention/row_pass.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace at {
class Tensor;
}

namespace isentrope {

/// Bytes of several tables on their way to a device in one copy that nobody waits for.
class Upload {
public:
    /// The place of the values among the bytes: a multiple of 16.
    template <class T>
    std::size_t add(std::span<const T> values) {
        const std::size_t place = (m_bytes.size() + 15) / 16 * 16;
        m_bytes.resize(place);
        const auto* begin = reinterpret_cast<const std::uint8_t*>(values.data());
        m_bytes.insert(m_bytes.end(), begin, begin + values.size_bytes());
        return place;
    }
    [[nodiscard]] at::Tensor send(int device) const;

private:
    std::vector<std::uint8_t> m_bytes;
};

/// A plan's tables and a text's open keys in device memory.
struct UploadedPlan {
    std::shared_ptr<const at::Tensor> memory;
    cuda::DevicePlan plan;
};

/// The plans sent to one device last: every layer and every tile asks for the same ones.
class UploadedPlans {
public:
    [[nodiscard]] std::shared_ptr<const UploadedPlan>
    of(const RowPlan<float>& plan, std::span<const std::uint8_t> openKey, int device);

private:
    struct Entry {
        RowPlan<float> plan;
        std::vector<std::uint8_t> openKey;
        std::shared_ptr<const UploadedPlan> uploaded;
    };
    std::mutex m_mutex;
    std::deque<Entry> m_recent;
};

} // namespace isentrope
