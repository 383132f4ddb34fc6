# SPDX-License-Identifier: GPL-3.0-or-later
# What the engine stands on. Without LibTorch the engine is off, with the reason, and everything
# else is built; CUDA is looked for unless it is OFF.
include(LibTorch)
if(NOT LibTorch_FOUND)
  list(JOIN LibTorch_REASON "; " _reason)
  isentrope_off(ISENTROPE_ENGINE "LibTorch was not found (${_reason})")
  isentrope_off(ISENTROPE_CUDA "the engine is off")
elseif(ISENTROPE_CUDA)
  include(Cuda)
endif()
