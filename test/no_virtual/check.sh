# check.sh <folder>: fails when a header below the folder uses a virtual function, std::function, dynamic_cast or typeid.
# Comments and string literals may name them. Raw string literals of several lines are not understood.
set -euo pipefail

[[ -d $1 ]] || { echo "no such folder: $1" >&2; exit 2; }

# shellcheck disable=SC2016 # the dollar signs are awk's
find "$1" -name '*.hpp' -print0 | sort -z | xargs -0 --no-run-if-empty awk '
    # The text of the line without comments, string and character literals; in_comment lives on from line to line.
    function code(text,    result, rest) {
        result = ""
        while (text != "") {
            if (in_comment) {
                if (!match(text, /\*\//)) return result
                in_comment = 0
                text = substr(text, RSTART + RLENGTH)
            } else if (match(text, /^\/\//)) {
                return result
            } else if (match(text, /^\/\*/)) {
                in_comment = 1
                result = result " "
                text = substr(text, 3)
            } else if (match(text, /^"([^"\\]|\\.)*"/) || match(text, /^'\''\\?.'\''/)) {
                result = result "\"\""
                text = substr(text, RLENGTH + 1)
            } else {
                result = result substr(text, 1, 1)
                text = substr(text, 2)
            }
        }
        return result
    }

    FNR == 1 { in_comment = 0 }
    {
        text = " " code($0) " "
        while (match(text, /[^A-Za-z0-9_](virtual|std *:: *function|dynamic_cast|typeid)[^A-Za-z0-9_]/)) {
            print FILENAME ":" FNR ": " substr(text, RSTART + 1, RLENGTH - 2)
            text = substr(text, RSTART + RLENGTH - 1)
            ++found
        }
    }
    END {
        if (found) {
            print found " forbidden words"
            exit 1
        }
    }'
