#!/usr/bin/env bash
# Whether the list of calls that a system policy is asked about has every call of os/, and no other.
#
#     calls.sh INCLUDE_FOLDER
set -euo pipefail
cd -- "$1/palimpsest"

# A call is a struct with a name of its own, or that of a template which it fills in.
made=$(awk '
    /^template/ { of_template = 1; next }
    /^struct [a-z_]+ \{/ { call = of_template ? "" : $2 }
    /^struct [a-z_]+ : [a-z_]+<[^>]*> \{\};/ { print $2 }
    { of_template = 0 }
    /std::string_view name/ && call { print call; call = "" }' os/*.hpp | sort)
listed=$(grep -oE '^ +of\(.*' pool/detail/contract/system.hpp | grep -oE 'of\([a-z_]+\)' | sed 's/of(\(.*\))/\1/' | sort)
[[ -n $made ]]
diff <(echo "$made") <(echo "$listed") | sed -n 's/^< \(.*\)/os: \1 is missing in pool\/detail\/contract\/system.hpp/p
s/^> \(.*\)/pool\/detail\/contract\/system.hpp: os has no call \1/p'
[[ $made == "$listed" ]]
