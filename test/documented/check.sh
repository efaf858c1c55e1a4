#!/usr/bin/env bash
# check.sh <folder>: names each public type, concept, alias template and function of a namespace that the headers below
# <folder>/palimpsest declare without a comment of `///` before it, and fails when there is one.
#
# Not public are what lies in a folder or a namespace `detail`, private members, and what is only a specialisation or
# was declared before.
set -euo pipefail
cd -- "$1/palimpsest"

find . -name '*.hpp' -not -path './detail/*' -not -path '*/detail/*' -printf '%P\n' | sort | xargs awk '
    FNR == 1 { hidden = 0; private_from = -1; documented = 0; macro = 0; in_head = 0 }

    # A macro is no declaration, and what a macro declares has no place of its own.
    macro { macro = /\\$/; next }
    /^ *#/ { macro = /\\$/; next }

    /^ *namespace .*detail \{/ { hidden = 1 }
    /^ *\}  \/\/ namespace .*detail/ { hidden = 0 }
    hidden { next }

    # Of a class at this indentation the rest is private.
    { match($0, /^ */); indent = RLENGTH }
    /^ *(private|protected):/ { private_from = indent; next }
    /^ *public:/ { private_from = -1; next }
    private_from >= 0 && NF && indent < private_from { private_from = -1 }

    /^ *\/\/\// { documented = 1; next }
    # What may stand between a comment and what it is about.
    /^ *(template <|requires|\[\[)/ && !/;$/ { if (!in_head) head_documented = documented; in_head = 1; next }
    in_head && !/^ *(struct|class|enum|concept|using|inline|static|friend|constexpr|[a-z_0-9:<>,&* ]+ [a-z_0-9]+\()/ { if (/;$/) in_head = 0; next }

    {
        seen = in_head ? head_documented : documented
        in_head = 0
        documented = 0
        if (private_from >= 0 || seen) next
        if (indent % 4 != 0 || indent > 4) next
        name = ""
        if (match($0, /^ *(struct|class|enum class|enum) (alignas\([^)]*\) )?[a-z_0-9]+( final)?( :[^:].*)? \{/)) {
            name = $0
            sub(/^ *(struct|class|enum class|enum) (alignas\([^)]*\) )?/, "", name)
            sub(/[^a-z_0-9].*/, "", name)
        } else if (match($0, /^ *concept [A-Za-z_0-9]+/)) {
            name = $2
        } else if (indent == 0 && match($0, /^[A-Za-z_][A-Za-z_0-9:<>,&* .]* [a-z_0-9]+\(/) && !/^(return|using|namespace|else|if|for)/) {
            name = substr($0, 1, RLENGTH - 1)
            sub(/.* /, "", name)
        }
        if (name == "") next
        print FILENAME ":" FNR ": " name
        missing++
    }
    END { if (missing) { print missing " without a comment"; exit 1 } }
' || exit 1  # xargs has a status of its own
