// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/block_buffers.h"

#include <ATen/ATen.h>

namespace isentrope {

template <class Real>
BlockBuffers<Real>::BlockBuffers(std::int64_t rows, std::int64_t length, std::int64_t intermediate,
                                 const std::string& device, bool bfloat) {
    const auto options =
        at::TensorOptions().dtype(c10::CppTypeToScalarType<Real>::value).device(at::Device(device));
    // Zero, because columns behind a window are never written and must hold numbers.
    m_all.weights = std::make_shared<at::Tensor>(at::zeros({rows, length}, options));
    m_all.attended = std::make_shared<at::Tensor>(at::empty({rows, intermediate}, options));
    if (bfloat)
        m_all.bfloat =
            std::make_shared<at::Tensor>(at::empty({rows, length}, options.dtype(at::kBFloat16)));
}

template <class Real>
BlockPart BlockBuffers<Real>::part(std::int64_t firstRow, std::int64_t rows) const {
    const auto cut = [&](const std::shared_ptr<at::Tensor>& whole) {
        return whole ? std::make_shared<at::Tensor>(whole->slice(0, firstRow, firstRow + rows))
                     : nullptr;
    };
    return {cut(m_all.weights), cut(m_all.bfloat), cut(m_all.attended)};
}

template <class Real>
std::uint64_t BlockBuffers<Real>::bytes(std::int64_t rows, std::int64_t length,
                                        std::int64_t intermediate, bool bfloat) {
    const auto wide = static_cast<std::uint64_t>(rows * (length + intermediate)) * sizeof(Real);
    return wide + (bfloat ? static_cast<std::uint64_t>(rows * length) * 2 : 0);
}

template class BlockBuffers<float>;
template class BlockBuffers<double>;

} // namespace isentrope
