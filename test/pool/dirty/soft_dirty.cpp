// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include <map>
#include <optional>

#include "support/kernel.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace os = palimpsest::os;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

/// A kernel with soft-dirty bits, for one that has none: pages of `watched` that hold what they
/// held when the bits were cleared have the bit clear, all others have it set.
struct soft_dirty_kernel {
    using role = ps::roles::system;

    static inline os::address_range watched{};
    static inline std::map<std::uintptr_t, std::vector<std::byte>> cleared;
    static inline int clearings = 0;
    static inline bool reads_fail = false;

    static void start() {
        watched = {};
        cleared.clear();
        clearings = 0;
        reads_fail = false;
    }

    template <os::Call Which, class... Arguments>
    auto operator()(Which call, Arguments&&... arguments) const noexcept {
        if constexpr (std::same_as<Which, os::read_pagemap>)
            return read(arguments...);
        else if constexpr (std::same_as<Which, os::clear_soft_dirty>)
            return clear();
        else
            return call(std::forward<Arguments>(arguments)...);
    }

    static os::outcome<std::size_t> read(int pagemap, std::uintptr_t address,
                                         std::span<os::pagemap_word> words) noexcept {
        if (reads_fail) return {0, EIO};
        const auto got = os::read_pagemap{}(pagemap, address, words);
        for (auto& word : words) {
            const auto at = cleared.find(address);
            const std::span now{reinterpret_cast<const std::byte*>(address), os::page_size};
            if (word.resident() && (at == cleared.end() || !test::equal(at->second, now)))
                word.bits |= std::uint64_t{1} << 55U;
            address += os::page_size;
        }
        return got;
    }

    static os::status clear() noexcept {
        ++clearings;
        const os::descriptor pagemap(os::open_pagemap{}().value);
        for (auto at = watched.begin; at < watched.end; at += os::page_size) {
            std::array<os::pagemap_word, 1> word;
            (void)os::read_pagemap{}(pagemap.get(), at, word);
            if (!word[0].resident()) continue;
            const auto* const page = reinterpret_cast<const std::byte*>(at);
            cleared[at] = {page, page + os::page_size};
        }
        return {};
    }
};

template <class System>
struct one_slot_pool {
    using pool_type = ps::instance_pool<ps::dirty::soft_dirty, ps::observe::counters, System,
                                        ps::budget::idle_cap<4_MiB>>;
    static constexpr std::size_t image_pages = 400;

    pool_type pool{{.slots = 2, .memory = {.maximum = 4_MiB}}};
    std::vector<std::byte> contents = test::pattern(test::pages(image_pages));
    ps::image image = ps::image::from_bytes(contents);

    /// The number of pages that a reset restores after a tenant wrote to some.
    std::uint64_t run(std::size_t first, std::size_t count) {
        const auto before = pool.observer().snapshot().pages_restored;
        {
            const auto slot = pool.acquire(image);
            CHECK(test::equal(slot->memory(0).bytes(), contents));
            soft_dirty_kernel::watched = test::range_of(slot->memory(0).bytes());
            test::write_pages(slot->memory(0).bytes(), first, count, std::byte{0});
        }
        return pool.observer().snapshot().pages_restored - before;
    }
};

}  // namespace

TEST_CASE("soft_dirty: while the bits are not cleared, all that is resident is restored") {
    soft_dirty_kernel::start();
    one_slot_pool<soft_dirty_kernel> one;
    CHECK(one.run(0, 20) == 20);
    CHECK(one.run(10, 1) == 20);
    CHECK(one.run(30, 1) == 21);
    CHECK(soft_dirty_kernel::clearings == 0);
}

TEST_CASE("soft_dirty: after a reset found much the bits are cleared, and then tell exactly") {
    soft_dirty_kernel::start();
    one_slot_pool<soft_dirty_kernel> one;
    CHECK(one.run(0, 300) == 300);
    CHECK(soft_dirty_kernel::clearings == 1);
    CHECK(one.run(10, 3) == 3);
    CHECK(one.run(350, 2) == 2);
    CHECK(one.run(0, 0) == 2);  // the two, whose bits nobody cleared
}

TEST_CASE("soft_dirty: an instance that ran while the bits were cleared is reset whole") {
    soft_dirty_kernel::start();
    one_slot_pool<soft_dirty_kernel> one;
    std::optional runs_meanwhile = one.pool.acquire(one.image);
    test::write_pages(runs_meanwhile->memory(0).bytes(), 0, 10, std::byte{0});
    CHECK(one.run(0, 300) == 300);  // the other slot; its reset clears the bits of both
    REQUIRE(soft_dirty_kernel::clearings == 1);
    soft_dirty_kernel::watched = test::range_of(runs_meanwhile->memory(0).bytes());
    (void)soft_dirty_kernel::clear();  // as the kernel did with both

    const auto before = one.pool.observer().snapshot().pages_restored;
    runs_meanwhile.reset();
    CHECK(one.pool.observer().snapshot().pages_restored - before == 10);
    const auto next = one.pool.acquire(one.image);
    CHECK(test::equal(next->memory(0).bytes(), one.contents));
}

TEST_CASE("soft_dirty: a page map that cannot be read makes the reset decommit") {
    soft_dirty_kernel::start();
    one_slot_pool<soft_dirty_kernel> one;
    soft_dirty_kernel::reads_fail = true;
    CHECK(one.run(0, 20) == 0);
    CHECK(one.pool.observer().snapshot().degraded == 1);
    soft_dirty_kernel::reads_fail = false;
    CHECK(one.run(0, 0) == 0);
}

TEST_CASE("soft_dirty: the kernel's own bits tell what was written") {
    PALIMPSEST_NEEDS(ps::dirty::soft_dirty);
    one_slot_pool<ps::system::kernel> one;
    CHECK(one.run(0, 300) == 300);
    CHECK(one.run(10, 3) >= 3);
    CHECK(one.run(10, 3) < 300);
    one.run(0, 0);
}
