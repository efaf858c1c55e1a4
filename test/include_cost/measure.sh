# measure.sh <compiler> <file with flags> <rounds> <what> <source> <what else> <other source> <limit>
#
# Compiles two sources in turns, so that both meet the same machine, and fails when the quickest of the first took more than
# <limit> times the quickest of the other. Processor time is what counts: other programs disturb it less than the clock on
# the wall.
set -euo pipefail

compiler=$1 flags=$2 rounds=$3 what=$4 source=$5 yardstick=$6 yardstick_source=$7 limit=$8

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Prints the milliseconds of processor time that compiling $1 takes.
compile() {
    local TIMEFORMAT='%3U %3S'
    { time "$compiler" "@$flags" -c "$1" -o "$folder/object.o" >"$folder/messages" 2>&1; } \
        2>"$folder/time" || { cat "$folder/messages" >&2; return 1; }
    awk '{ printf "%d\n", 1000 * ($1 + $2) }' "$folder/time"
}

best=999999
best_yardstick=999999
for ((round = 0; round != rounds; ++round)); do
    milliseconds=$(compile "$yardstick_source")
    ((milliseconds < best_yardstick)) && best_yardstick=$milliseconds
    milliseconds=$(compile "$source")
    ((milliseconds < best)) && best=$milliseconds
done

ratio=$(awk -v a="$best" -v b="$best_yardstick" 'BEGIN { printf "%.2f", a / b }')
line="compile time: $what takes $ratio times $yardstick (limit $limit)"
echo "$line"
echo "$what $best ms, $yardstick $best_yardstick ms, the least of $rounds each"
# ctest shows what a test prints only when it fails; test/run opens a descriptor for what shall be seen.
if [[ -n ${PALIMPSEST_REPORT_DESCRIPTOR:-} ]]; then
    echo "$line" >&"$PALIMPSEST_REPORT_DESCRIPTOR"
fi

awk -v a="$best" -v b="$best_yardstick" -v limit="$limit" 'BEGIN { exit !(a <= limit * b) }' ||
    { echo "too expensive" >&2; exit 1; }
