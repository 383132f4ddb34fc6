#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# scripts/check-includes finds each way to break the rules, and nothing in what keeps them.
#   check_includes.sh SCRIPT
set -euo pipefail
script=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0

# expect RESULT FILE INCLUDE: one file with one include is taken ("kept") or refused ("broken").
expect() {
    local result=kept
    rm -rf "${folder:?}"/*
    mkdir -p "$folder/$(dirname "$2")"
    echo "#include $3" >"$folder/$2"
    bash "$script" "$folder" >"$folder/out" 2>&1 || result=broken
    if [ "$result" != "$1" ] || { [ "$result" = broken ] && ! grep -q "^$2:1: includes " "$folder/out"; }; then
        echo "$2 with #include $3: expected $1, found $result:"
        cat "$folder/out"
        failures=$((failures + 1))
    fi
}

expect kept core/base/error.cpp '"core/base/error.h"'
expect kept core/base/error.cpp '<string>'
expect kept core/checkpoint/checkpoint.h '"core/scheme/plan.h"'
expect kept core/engine.h '"core/attention/row_pass.h"'
expect kept core/model/cpu/forward.cpp '<torch/torch.h>'
expect kept app/cli/main.cpp '"core/engine.h"'
expect kept widgets/map_view.cpp '<QWidget>'
expect broken core/base/error.cpp '"core/text/tokenizer.h"'
expect broken core/scheme/plan.h '"core/checkpoint/checkpoint.h"'
expect broken core/attention/tile.cpp '"core/model/forward.h"'
expect broken core/text/input.cpp '"app/cli/main.h"'
expect broken core/result/npy.cpp '<QFile>'
expect broken core/base/error.cpp '"error.h"'
expect broken core/model/forward.h '<torch/torch.h>'
expect broken core/attention/tile.cpp '<ATen/ATen.h>'
expect broken widgets/map_view.cpp '"core/engine.h"'
expect broken app/cli/main.cpp '"core/model/forward.h"'
expect broken app/cli/main.cpp '<c10/util/Exception.h>'
expect broken core/extra/file.cpp '<string>'
[ $failures -eq 0 ]
