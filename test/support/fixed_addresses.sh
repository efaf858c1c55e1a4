# Runs a command without address space layout randomisation: the thread sanitizer of GCC 12 ends at once with "unexpected
# memory mapping" where the kernel randomises more bits than it reckoned with. Where a container forbids to switch it
# off, the command runs all the same, and may be lucky.
set -euo pipefail

if setarch --addr-no-randomize true 2>/dev/null; then
    exec setarch --addr-no-randomize "$@"
fi
exec "$@"
