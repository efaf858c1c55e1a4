// SPDX-License-Identifier: Apache-2.0
// The system that passes system calls to the kernel. The default.
#pragma once

#include <palimpsest/os/call.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::system {

/// Passes each system call to the kernel. The default, and the only choice outside tests; a test
/// passes its own type, which makes calls fail.
struct kernel : os::direct_system {
    using role = roles::system;
};

}  // namespace palimpsest::system
