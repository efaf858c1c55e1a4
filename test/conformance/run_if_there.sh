#!/usr/bin/env bash
# run_if_there.sh FOLDER PROGRAM: runs the program on the folder; skips, and says so, where there is none.
if [[ -d $1 ]]; then
    exec "$2" "$1"
fi
message="skipped: conformance/clif: there is no folder $1 with Cranelift's test files (PALIMPSEST_CLIF_FILES)"
echo "$message"
if [[ -n ${PALIMPSEST_REPORT_DESCRIPTOR:-} ]]; then
    echo "$message" >&"$PALIMPSEST_REPORT_DESCRIPTOR"
fi
exit 4
