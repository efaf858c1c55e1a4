// SPDX-License-Identifier: Apache-2.0
// The cost of write protection on this machine, in pages that could be restored in the same time.
//
// Bare metal handles a fault on a protected page in 1 µs, the time to restore some 15 pages, and
// arms pages in 2 to 5 µs, most of it for the TLB. A virtual machine can take 15 µs for the fault
// and 90 µs for the arming. No constants fit both, so the costs are measured when a pool is built,
// which takes a few milliseconds at most.
#pragma once

#include <time.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/pool/dirty/detail/write_tracker.hpp>

namespace palimpsest::dirty::detail {

/// The costs of write protection, each in the number of pages that could be restored in the same
/// time: of a fault on one protected page, and of one call that arms pages.
struct protection_cost {
    std::uint32_t fault = 16;   // between 8 and 1024
    std::uint32_t arming = 64;  // of one call; between 16 and 8192
};

/// Measures the costs of write protection on a few pages of its own.
class protection_probe {
  public:
    /// Measures the costs; returns typical ones if it cannot.
    template <class System>
    static protection_cost measure(System& system, const write_tracker& kernel) noexcept {
        const auto taken = system(os::reserve{}, 2 * half());
        if (!taken) return {};
        const os::mapping pages(taken.value);
        const os::address_range written{taken.value.begin, taken.value.begin + half()};
        if (!system(os::make_accessible{}, taken.value) ||
            !system(os::refuse_merging{}, taken.value) || !kernel.track(system, written).on)
            return {};
        std::memset(pages.range().data(), 1, pages.range().size());
        // The minimum of a few tries: anything can make one slower, but nothing makes one faster.
        auto arming = ~std::uint64_t{0};
        auto faults = arming;
        auto copies = arming;
        for (int attempt = 0; attempt < 4; ++attempt) {
            bool armed = false;
            arming =
                std::min(arming, nanoseconds_of([&] { armed = kernel.protect(system, written); }));
            if (!armed) return {};
            faults = std::min(faults, nanoseconds_of([&] { touch(written); }));
            copies = std::min(copies, nanoseconds_of([&] { copy(written); }));
        }
        const auto one_copy = std::max<std::uint64_t>(copies / page_count, 1);
        return {.fault = in_range(faults / page_count / one_copy, 8, 1024),
                .arming = in_range(arming / one_copy, 16, 8192)};
    }

  private:
    static constexpr std::size_t page_count = 32;
    static std::size_t half() noexcept { return page_count * os::page_size; }

    static std::uint32_t in_range(std::uint64_t cost, std::uint32_t least,
                                  std::uint32_t most) noexcept {
        return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(cost, least, most));
    }

    static void touch(os::address_range pages) noexcept {
        for (auto* page = pages.data(); page != pages.data() + pages.size(); page += os::page_size)
            *static_cast<volatile std::byte*>(page) = std::byte{2};
    }
    static void copy(os::address_range pages) noexcept {
        for (auto* page = pages.data(); page != pages.data() + pages.size(); page += os::page_size)
            std::memcpy(page, page + half(), os::page_size);
    }

    template <class Work>
    static std::uint64_t nanoseconds_of(Work&& work) noexcept {
        const auto begin = now();
        work();
        return now() - begin;
    }
    static std::uint64_t now() noexcept {
        timespec time{};
        ::clock_gettime(CLOCK_MONOTONIC, &time);
        return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
               static_cast<std::uint64_t>(time.tv_nsec);
    }
};

}  // namespace palimpsest::dirty::detail
