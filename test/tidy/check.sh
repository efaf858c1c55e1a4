# check.sh <clang-tidy or nothing> <build folder> <file with checks> <source> [<further checks>]
#
# Fails where clang-tidy finds something in the source or in a header of this project that it includes. Exit status 4, which
# ctest takes for a skip, without clang-tidy.
set -euo pipefail

tidy=$1 build=$2 checks=$3 source=$4 further=${5:-}
[[ -x $tidy ]] || { echo "skipped: there is no clang-tidy-16"; exit 4; }

"$tidy" --quiet -p "$build" --config-file="$checks" --checks="$further" "$source" 2>&1 | grep -v '^[0-9]* warnings generated[.]$'
exit "${PIPESTATUS[0]}"
