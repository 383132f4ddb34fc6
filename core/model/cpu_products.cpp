// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/products.h"

#include <ATen/ATen.h>
#include <algorithm>

namespace isentrope {
namespace {

/// Columns of a product in double that are made before they are rounded: they stay in cache.
constexpr std::int64_t columnsAtOnce = 512;

} // namespace

at::Tensor pairSide(const at::Tensor& rows, Side /*side*/, bool /*fast*/) {
    return rows;
}

void pairProduct(at::Tensor& out, const at::Tensor& q, const at::Tensor& k) {
    if (q.scalar_type() == out.scalar_type()) {
        at::mm_out(out, q, k.t());
        return;
    }
    for (std::int64_t begin = 0; begin < k.size(0); begin += columnsAtOnce) {
        const std::int64_t end = std::min(begin + columnsAtOnce, k.size(0));
        out.slice(1, begin, end).copy_(at::mm(q, k.slice(0, begin, end).t()));
    }
}

/// The CPU's product sums in single precision and rounds the sums to bfloat16.
void bfloatProduct(at::Tensor& out, const at::Tensor& left, const at::Tensor& right, bool add) {
    if (add)
        out.add_(at::mm(left, right));
    else
        out.copy_(at::mm(left, right));
}

} // namespace isentrope
