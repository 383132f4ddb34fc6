// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace at {
class Tensor;
}

/// The two products of attention in the form in which the device does them best; each plug-in
/// brings its own.
namespace isentrope {

enum class Side { Query, Key };

/// Rows of q or k (rows x d, single or double) ready for pairProduct. `fast`: as parts in bfloat16
/// where the device multiplies these faster and as precisely.
[[nodiscard]] at::Tensor pairSide(const at::Tensor& rows, Side side, bool fast);

/// out = q k^T of rows that pairSide made, rounded once where out is narrower than they are.
void pairProduct(at::Tensor& out, const at::Tensor& q, const at::Tensor& k);

/// out = left right, or out += left right, of bfloat16 with sums in single precision.
void bfloatProduct(at::Tensor& out, const at::Tensor& left, const at::Tensor& right, bool add);

} // namespace isentrope
