# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Provides LibTorch where cmake/LibTorch.cmake found none that serves; sourced by setup.sh.
# With an NVIDIA card: the newest wheel in an environment of our own, build/libtorch-venv. Without:
# the distribution's libtorch-dev with OpenBLAS; the reference BLAS has 2 % of its speed.

has_nvidia_card() { timeout 30 nvidia-smi -L 2>/dev/null | grep -q '^GPU'; }

# wheel_into FOLDER PIP-ARGUMENT…: a virtual environment with a torch wheel, whole or not at all.
wheel_into() {
    local folder=$1 python=/usr/bin/python3
    shift
    need wheel
    [ -x "$python" ] || python=python3
    rm -rf "$folder"
    "$python" -m venv "$folder" &&
        "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >&2 && return
    rm -rf "$folder"
    return 1
}

# The compiler of the wheel's CUDA version, where the machine has none: 0.4 GB. Without it the
# engine runs on the CPU.
add_nvcc() {
    local version
    if command -v nvcc >/dev/null || [ -x /usr/local/cuda/bin/nvcc ]; then return; fi
    version=$(sed -n "s/^cuda.*= '\([0-9.]*\)'.*/\1/p" "$1"/lib/python3*/site-packages/torch/version.py)
    "$1/bin/pip" install --quiet --disable-pip-version-check "nvidia-cuda-nvcc==$version.*" \
        "nvidia-cuda-runtime==$version.*" "nvidia-cuda-cccl==$version.*" >&2 ||
        say "nvcc could not be fetched; the engine will run on the CPU alone"
}

# Answers true when something was installed, so that the build must be configured again.
provide_libtorch() {
    local found origin
    found=$(cached ISENTROPE_LIBTORCH)
    origin=$(cached ISENTROPE_LIBTORCH_ORIGIN)
    if [ -n "$found" ] && [ "$origin" != distribution ]; then return 1; fi
    if has_nvidia_card; then
        say "fetching the PyTorch wheel into build/libtorch-venv (once, about 3 GB)"
        wheel_into build/libtorch-venv torch && add_nvcc build/libtorch-venv && return 0
        say "the wheel could not be fetched; the engine will run on the CPU alone"
    fi
    [ -z "$found" ] || return 1
    (need engine) || die "to build without the engine that runs models, set
    ISENTROPE_CMAKE=-DISENTROPE_ENGINE=OFF"
}

# LibTorch with CUDA to compile against on a machine without a card: the wheel without the
# libraries that it needs to run. Prints the folder for Torch_DIR.
libtorch_to_compile_against() {
    local folder=build/libtorch-compile-only
    if ! [ -d "$folder" ]; then
        say "fetching the PyTorch wheel into $folder (once, about 1 GB)"
        wheel_into "$folder" --no-deps torch || return 1
    fi
    echo "$PWD/$folder"/lib/python3*/site-packages/torch
}
