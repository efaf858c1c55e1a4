// Whether this machine has what a policy needs, for PALIMPSEST_SKIP_UNLESS.

#pragma once

#include <palimpsest/os/call.hpp>
#include <palimpsest/pool/dirty/hooks.hpp>

namespace palimpsest::test {

template <class Dirty>
bool supported() {
    os::direct_system system;
    return dirty::hooks::supported<typename Dirty::template tracker<os::direct_system>>(system);
}

}  // namespace palimpsest::test
