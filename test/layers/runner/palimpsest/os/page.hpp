#include <palimpsest/os/call.hpp>
#include <palimpsest/pool/slot.hpp>
