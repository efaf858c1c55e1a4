#!/usr/bin/env bash
# run_if_there.sh FOLDER COMMAND...: runs the command on the folder; skips, and says so, where there is none.
folder=$1
shift
if [[ -d $folder ]]; then
    exec "$@" "$folder"
fi
message="skipped: conformance: there is no folder $folder with Cranelift's test files (PALIMPSEST_CLIF_FILES)"
echo "$message"
if [[ -n ${PALIMPSEST_REPORT_DESCRIPTOR:-} ]]; then
    echo "$message" >&"$PALIMPSEST_REPORT_DESCRIPTOR"
fi
exit 4
