// SPDX-License-Identifier: Apache-2.0
// Whether an address can be read, without reading it.
#pragma once

#include <sys/uio.h>
#include <unistd.h>

#include <cstddef>

namespace palimpsest::test {

inline bool accessible(const std::byte* address) {
    std::byte copy{};
    const iovec to{&copy, 1};
    const iovec from{const_cast<std::byte*>(address), 1};
    return ::process_vm_readv(::getpid(), &to, 1, &from, 1, 0) == 1;
}

}  // namespace palimpsest::test
