// SPDX-License-Identifier: Apache-2.0
// What the running kernel can do, for PALIMPSEST_SKIP_UNLESS.
#pragma once

#include <palimpsest/os/call.hpp>
#include <palimpsest/pool/dirty/hooks.hpp>
#include <palimpsest/pool/dirty/pagemap_scan.hpp>
#include <palimpsest/pool/dirty/soft_dirty.hpp>
#include <palimpsest/pool/dirty/write_protect.hpp>
#include <string>

#include "support/pages.hpp"
#include "support/scratch_memory.hpp"
#include "support/skip.hpp"

namespace palimpsest::test {

inline constexpr const char* no_zero_page =
    "this kernel gives memory that is only read pages of its own, not the shared zero page";

/// Whether the kernel has what this dirty policy needs.
template <class Dirty>
bool supported() {
    os::direct_system system;
    return dirty::hooks::supported<typename Dirty::template tracker<os::direct_system>>(system);
}

template <class Dirty>
std::string lacking() {
    std::string reason = std::string("this kernel lacks what dirty::") + Dirty::name + " needs";
    if constexpr (requires { Dirty::needs; }) reason += std::string(": ") + Dirty::needs;
    return reason;
}

/// Whether a page that is only read is the shared zero page. Needs PAGEMAP_SCAN.
inline bool has_zero_page() {
    const scratch_memory memory(1);
    read_pages(memory.bytes(), 0, 1);
    return resident_pages(memory.range()) == 0;
}

}  // namespace palimpsest::test

/// Skips the test if the kernel lacks what the dirty policy needs.
#define PALIMPSEST_NEEDS(...)                                                                      \
    PALIMPSEST_SKIP_UNLESS((::palimpsest::test::supported<__VA_ARGS__>()),                         \
                           (::palimpsest::test::lacking<__VA_ARGS__>()))
