# check.sh <folder>: fails when a header below <folder>/palimpsest includes one of a layer that it must not know.
#
#     os, detail < pool      detail < ir < link < builtin, inline      pool and ir never see each other
#
# Everybody may include the headers that lie beside the folders and belong to no layer, such as units.hpp;
# only users include an umbrella header.
set -euo pipefail
cd -- "$1/palimpsest"

# The layers that a folder may include.
may_include() {
    case $1 in
        detail) echo "detail" ;;
        os) echo "os" ;;
        pool) echo "pool os detail" ;;
        ir) echo "ir detail" ;;
        link) echo "link ir detail" ;;
        builtin) echo "builtin link ir detail" ;;
        inline) echo "inline link ir detail" ;;
        *) echo "a folder of no known layer: $1" >&2; return 1 ;;
    esac
}

found=0
complain() {
    echo "$1"
    found=$((found + 1))
}

while IFS= read -r folder; do
    allowed=$(may_include "$folder")
    while IFS=: read -r header line included; do
        if [[ $included == */* ]]; then
            [[ " $allowed " == *" ${included%%/*} "* ]] || complain "$header:$line: $folder includes $included"
        elif [[ $included =~ ^(palimpsest|pool|ir|link|builtin|inline)\.hpp$ ]]; then
            complain "$header:$line: includes an umbrella header, $included"
        fi
    done < <(grep -rnE --include='*.hpp' '^ *# *include *[<"]palimpsest/' "$folder" |
        sed -E 's/^([^:]+:[^:]+):.*[<"]palimpsest\/([^>"]+)[>"].*/\1:\2/' | sort)
done < <(find . -mindepth 1 -maxdepth 1 -type d -printf '%P\n' | sort)

if ((found)); then
    echo "$found includes against the order of the layers"
    exit 1
fi
