// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/cuda/kernels.h"
#include "core/model/cuda_current.h"
#include "core/model/products.h"

#include <ATen/ATen.h>
#include <algorithm>

namespace isentrope {
namespace {

/// Columns of a product in double that are made before they are rounded: they take little memory.
constexpr std::int64_t columnsAtOnce = 4096;

} // namespace

/// x = high + low, both in bfloat16, and one product along 3d: fp32-grade pairs at a sixteenth of
/// what the fp32 units would take.
at::Tensor pairSide(const at::Tensor& rows, Side side, bool fast) {
    if (!fast || rows.scalar_type() != at::kFloat) return rows;
    const at::Tensor whole = rows.contiguous();
    const std::int64_t count = whole.size(0), keySize = whole.size(1);
    at::Tensor split = at::empty({count, 3 * keySize}, whole.options().dtype(at::kBFloat16));
    const OnDevice here(whole.device().index());
    here.check(cuda::launchSplit(static_cast<const float*>(whole.data_ptr()), count,
                                 static_cast<int>(keySize), side == Side::Query, split.data_ptr(),
                                 here.stream()));
    return split;
}

void pairProduct(at::Tensor& out, const at::Tensor& q, const at::Tensor& k) {
    if (q.scalar_type() == at::kBFloat16) {
        at::mm_out(out, q, k.t(), at::kFloat);
        return;
    }
    if (q.scalar_type() == out.scalar_type()) {
        at::mm_out(out, q, k.t());
        return;
    }
    for (std::int64_t begin = 0; begin < k.size(0); begin += columnsAtOnce) {
        const std::int64_t end = std::min(begin + columnsAtOnce, k.size(0));
        out.slice(1, begin, end).copy_(at::mm(q, k.slice(0, begin, end).t()));
    }
}

void bfloatProduct(at::Tensor& out, const at::Tensor& left, const at::Tensor& right, bool add) {
    if (add)
        at::addmm_out(out, out, left, right, at::kFloat);
    else
        at::mm_out(out, left, right, at::kFloat);
}

} // namespace isentrope
