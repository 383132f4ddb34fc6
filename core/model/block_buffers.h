// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine.h"

#include <cstdint>
#include <memory>

namespace at {
class Tensor;
}

namespace isentrope {

/// A part of the buffers: rows of one text's block.
struct BlockPart {
    std::shared_ptr<at::Tensor> weights;  ///< rows x n: similarities, then weights
    std::shared_ptr<at::Tensor> bfloat;   ///< the weights as bfloat16, or null
    std::shared_ptr<at::Tensor> attended; ///< rows x e: weights times values
};

/// The memory that all blocks of a run use in turn: the only arrays that grow with rows x n.
template <class Real>
class BlockBuffers {
public:
    BlockBuffers(std::int64_t rows, std::int64_t length, std::int64_t intermediate,
                 const std::string& device, bool bfloat);

    [[nodiscard]] BlockPart part(std::int64_t firstRow, std::int64_t rows) const;

    [[nodiscard]] static std::uint64_t bytes(std::int64_t rows, std::int64_t length,
                                             std::int64_t intermediate, bool bfloat);

private:
    BlockPart m_all;
};

extern template class BlockBuffers<float>;
extern template class BlockBuffers<double>;

} // namespace isentrope
