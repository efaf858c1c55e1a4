// SPDX-License-Identifier: Apache-2.0
// Reserves the address space of a pool, or says why that fails and how many slots would fit.
#pragma once

#include <cstddef>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/shortage.hpp>
#include <palimpsest/pool/layout.hpp>
#include <string>

namespace palimpsest::detail {

/// Finds by trial how many slots could be reserved instead: the answer depends on limits of the
/// process (RLIMIT_AS) and on existing mappings as well as on the size of the address space.
template <class System>
std::size_t slots_that_fit(System& system, const slot_layout& layout) {
    std::size_t fits = 0;
    std::size_t too_many = layout.slots();
    while (too_many - fits > 1) {
        const auto slots = fits + (too_many - fits) / 2;
        const auto taken =
            system(os::reserve{}, slots * layout.slot_bytes() + layout.guard_before_bytes());
        if (!taken) {
            too_many = slots;
            continue;
        }
        const os::mapping given_back(taken.value);
        fits = slots;
    }
    return fits;
}

/// Reserves the address space of the layout, without committing memory. Throws std::system_error.
template <class System>
os::mapping reserve_slots(System& system, const slot_layout& layout) {
    const auto taken = system(os::reserve{}, layout.pool_bytes());
    if (!taken) {
        const auto fits = slots_that_fit(system, layout);
        os::throw_failed(
            "mmap", std::to_string(layout.pool_bytes()) + " bytes of address space", taken.error,
            "the pool asks for " + std::to_string(layout.slots()) + " slots of " +
                std::to_string(layout.slot_bytes()) + " bytes, most of it for " +
                layout.dominant_limit() + "; " +
                (fits != 0 ? std::to_string(fits) + " slots would fit: lower slots or that limit"
                           : "not one slot would fit: lower that limit; or " +
                                 os::advice_on_shortage(taken.error)));
    }
    os::mapping reservation(taken.value);
    // With huge pages one touched byte would cost 2 MiB, and a merged page hides what was written.
    if (const auto refused = system(os::refuse_merging{}, taken.value); !refused)
        os::throw_failed("madvise", "MADV_NOHUGEPAGE, MADV_UNMERGEABLE", refused.error);
    return reservation;
}

}  // namespace palimpsest::detail
