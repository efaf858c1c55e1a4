// SPDX-License-Identifier: Apache-2.0
// System calls go to the kernel. The default, and the only choice outside tests: a test gives a
// type that makes calls fail.
#pragma once

#include <palimpsest/os/call.hpp>
#include <palimpsest/pool/role.hpp>

namespace palimpsest::system {

struct kernel : os::direct_system {
    using role = role::system;
};

}  // namespace palimpsest::system
