#!/usr/bin/env bash
# check.sh <clang-format> <project>: names the sources that are not formatted, and fails when there is one.
set -euo pipefail
[[ -x $1 ]] || { echo "skipped: there is no clang-format-16"; exit 4; }
cd -- "$2"
# The headers in a folder `runner` are made for a check to complain about.
find include test example -not -path '*/runner/*' \( -name '*.hpp' -o -name '*.cpp' \) -print0 | xargs -0 "$1" --dry-run --Werror
