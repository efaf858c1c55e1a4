# measure.sh <compiler> <file with flags> <header> <yardstick> <limit>
#
# Compiles a file that includes only <header> and one that includes only <yardstick> in turns, so that both meet the same
# machine, and fails when the quickest of the first took more than <limit> times the quickest of the second. Processor
# time is what counts: other programs disturb it less than the clock on the wall.
set -euo pipefail

compiler=$1 flags=$2 header=$3 yardstick=$4 limit=$5
rounds=9

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Prints the milliseconds of processor time that compiling a file which includes $1 takes.
compile() {
    local TIMEFORMAT='%3U %3S'
    printf '#include <%s>\n' "$1" >"$folder/include.cpp"
    { time "$compiler" "@$flags" -c "$folder/include.cpp" -o "$folder/include.o" >"$folder/messages" 2>&1; } \
        2>"$folder/time" || { cat "$folder/messages" >&2; return 1; }
    awk '{ printf "%d\n", 1000 * ($1 + $2) }' "$folder/time"
}

best_header=999999
best_yardstick=999999
for ((round = 0; round != rounds; ++round)); do
    milliseconds=$(compile "$yardstick")
    ((milliseconds < best_yardstick)) && best_yardstick=$milliseconds
    milliseconds=$(compile "$header")
    ((milliseconds < best_header)) && best_header=$milliseconds
done

ratio=$(awk -v a="$best_header" -v b="$best_yardstick" 'BEGIN { printf "%.2f", a / b }')
line="include cost: $header takes $ratio times <$yardstick> (limit $limit)"
echo "$line"
echo "$header $best_header ms, <$yardstick> $best_yardstick ms, the least of $rounds each"
# ctest shows what a test prints only when it fails; test/run opens a descriptor for what shall be seen.
if [[ -n ${PALIMPSEST_REPORT_DESCRIPTOR:-} ]]; then
    echo "$line" >&"$PALIMPSEST_REPORT_DESCRIPTOR"
fi

awk -v a="$best_header" -v b="$best_yardstick" -v limit="$limit" 'BEGIN { exit !(a <= limit * b) }' ||
    { echo "too expensive" >&2; exit 1; }
