# check.sh <clang-tidy or nothing> <build folder> <file with checks> <source> <headers> [<further checks>]
#
# Fails where clang-tidy finds something in the source or in a header that the regular expression <headers> matches. Exit
# status 4, which ctest takes for a skip, without clang-tidy.
set -euo pipefail

tidy=$1 build=$2 checks=$3 source=$4 headers=$5 further=${6:-}
[[ -x $tidy ]] || { echo "skipped: there is no clang-tidy-16"; exit 4; }
exec "$tidy" --quiet -p "$build" --config-file="$checks" --header-filter="$headers" --checks="$further" "$source"
