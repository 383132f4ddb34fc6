// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/products.h"

#include <ATen/ATen.h>

namespace isentrope {

at::Tensor pairSide(const at::Tensor& rows, Side /*side*/, bool /*fast*/) {
    return rows;
}

void pairProduct(at::Tensor& out, const at::Tensor& q, const at::Tensor& k) {
    at::mm_out(out, q, k.t());
}

/// The CPU's product sums in single precision and rounds the sums to bfloat16.
void bfloatProduct(at::Tensor& out, const at::Tensor& left, const at::Tensor& right, bool add) {
    if (add)
        out.add_(at::mm(left, right));
    else
        out.copy_(at::mm(left, right));
}

} // namespace isentrope
