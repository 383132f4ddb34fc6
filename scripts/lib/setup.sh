# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the scripts share: which packages, how they are installed, how build/ is made. Sourced by
# them; leaves the shell in the root of the repository. Debian 12 and 13 and their relatives.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
source scripts/lib/libtorch.sh

# The packages of each component: the one list that set-up and CI go by.
declare -A packages=(
    [core]="g++ cmake ninja-build nlohmann-json3-dev libexpected-dev zlib1g-dev libhwy-dev"
    [tests]="qt6-base-dev"
    [engine]="libtorch-dev libopenblas0-openmp"
    [wheel]="python3-venv"
    [dev]="git clang libclang-rt-dev clang-tidy clang-format llvm"
    [faster]="ccache" # a build without it is only slower
)

say() { printf '== %s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# The packages of the given components that are not installed.
missing_packages() {
    local component package
    for component in "$@"; do
        for package in ${packages[$component]}; do
            [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
                printf '%s ' "$package"
        done
    done
}

# Runs a command as root: directly, or through sudo, which asks only where somebody can answer.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif ! command -v sudo >/dev/null; then
        return 1
    elif sudo -n true 2>/dev/null; then
        sudo -n "$@"
    elif [ -t 0 ] && [ -t 2 ]; then
        sudo "$@"
    else
        return 1
    fi
}

apt_install() {
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300
        -o Dpkg::Use-Pty=0)
    as_root "${apt[@]}" update >&2 && as_root "${apt[@]}" install --no-install-recommends "$@" >&2
}

# need COMPONENT…: installs what is missing of them; ends the script where that is not possible.
need() {
    local component missing
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        for component in "$@"; do
            say "not a Debian system, nothing is installed; needed: ${packages[$component]}"
        done
        return
    fi
    missing=$(missing_packages "$@")
    missing=${missing% }
    [ -n "$missing" ] || return 0
    say "installing $missing"
    # shellcheck disable=SC2086 # a list of words
    apt_install $missing || die "these packages are missing and could not be installed: $missing
Install them as root and start this again:
    apt-get update && apt-get install --no-install-recommends $missing"
}

# As need, for what the build can do without.
need_if_possible() {
    local missing
    command -v apt-get >/dev/null || return 0
    missing=$(missing_packages "$@")
    # shellcheck disable=SC2086 # a list of words
    [ -z "$missing" ] || apt_install $missing 2>/dev/null || say "going on without $missing"
}

# As many compilers at once as there are cores, and one for each GB of memory that is free.
jobs() {
    local cores memory
    cores=$(nproc)
    memory=$(awk '/^MemAvailable/ { print int($2 / 1000000) }' /proc/meminfo)
    [ "$memory" -ge 1 ] || memory=1
    printf '%s' $((cores < memory ? cores : memory))
}

cached() { sed -n "s/^$1:[A-Z]*=//p" build/CMakeCache.txt; }

# Configures build/; ISENTROPE_CMAKE may hold further arguments, e.g. "-DISENTROPE_ENGINE=OFF".
configure() {
    if [ -f build/CMakeCache.txt ] &&
        { [ "$(cached CMAKE_HOME_DIRECTORY)" != "$root" ] || [ "$(cached CMAKE_GENERATOR)" != Ninja ]; }; then
        say "build/ was configured elsewhere; configuring it anew"
        rm -rf build/CMakeCache.txt build/CMakeFiles
    fi
    mkdir -p build
    # shellcheck disable=SC2086 # a list of arguments
    cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release ${ISENTROPE_CMAKE:-} >build/configure.log 2>&1 || {
        cat build/configure.log >&2
        die "the build could not be configured"
    }
}

# The whole set-up: packages, LibTorch, a configured build/, and everything in it built.
set_up() {
    need core tests
    need_if_possible faster
    configure
    if [ "$(cached ISENTROPE_ENGINE)" = ON ] && provide_libtorch; then configure; fi
    sed -n '/^-- Isentrope/,/^-- Configuring/p' build/configure.log | grep -v Configuring >&2
    grep -E '^CMake Warning' -A 3 build/configure.log >&2 || true
    say "building with $(jobs) at once"
    cmake --build build --parallel "$(jobs)" >&2 || die "the build failed"
}
