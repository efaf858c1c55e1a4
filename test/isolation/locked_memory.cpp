// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include <catch2/catch.hpp>
#include <palimpsest/pool.hpp>

#include "support/kernel.hpp"
#include "support/other_thread.hpp"

namespace ps = palimpsest;
using namespace ps::literals;

namespace {

/// What a host does if it must never wait for memory: all it maps is resident from the start.
class locked_memory {
  public:
    locked_memory() : holds_(::mlockall(MCL_FUTURE) == 0) {}
    locked_memory(const locked_memory&) = delete;
    locked_memory& operator=(const locked_memory&) = delete;
    ~locked_memory() { ::munlockall(); }

    explicit operator bool() const { return holds_; }

  private:
    bool holds_;
};

/// What the second tenant finds where the first wrote, if all memory was locked in between.
template <class Pool>
std::byte found_after_locking() {
    Pool pool({.slots = 1, .memory = {.maximum = 1_MiB, .guard = 64_KiB}});
    const auto image = ps::image::zeroed(256_KiB);
    pool.acquire(image)->memory(0).bytes()[0] = std::byte{66};
    if (::mlockall(MCL_CURRENT) != 0) return std::byte{1};
    ::munlockall();
    pool.announce_population();
    pool.acquire(image)->memory(0).bytes()[100'000] = std::byte{66};
    return pool.acquire(image)->memory(0).bytes()[100'000];
}

/// The slot is mapped and written without a page fault of the guest.
template <class Pool>
std::byte found_by_the_second_tenant() {
    Pool pool({.slots = 1, .memory = {.maximum = 1_MiB, .guard = 64_KiB}});
    const auto image = ps::image::zeroed(256_KiB);
    pool.acquire(image)->memory(0).bytes()[100'000] = std::byte{66};
    return pool.acquire(image)->memory(0).bytes()[100'000];
}

enum class grows { here, in_a_scope_elsewhere, elsewhere };

/// All memory is locked while a tenant grows its memory, so that what is added is resident, and its
/// writes there cause no page fault. What the next tenant finds once it has grown as far.
template <class Pool>
std::byte found_where_another_grew(grows how) {
    Pool pool({.slots = 1, .memory = {.maximum = 1_MiB, .guard = 64_KiB}});
    const auto image = ps::image::zeroed(64_KiB);
    for (int warm_up = 0; warm_up < 10; ++warm_up)
        pool.acquire(image)->memory(0).bytes()[0] = std::byte{66};
    ps::test::other_thread other;
    {
        const auto slot = pool.acquire(image);
        auto grow = [&] { (void)slot->memory(0).grow(128_KiB); };
        auto grow_in_scope = [&] {
            const auto scope = slot->enter();
            grow();
        };
        const locked_memory locked;
        if (!locked) return std::byte{1};
        if (how == grows::here) grow();
        if (how == grows::in_a_scope_elsewhere) other.run(grow_in_scope);
        if (how == grows::elsewhere) other.run(grow);
        slot->memory(0).bytes()[100'000] = std::byte{66};
    }
    const auto slot = pool.acquire(image);
    (void)slot->memory(0).grow(128_KiB);
    return slot->memory(0).bytes()[100'000];
}

}  // namespace

TEST_CASE("what became resident when a locked memory grew is clean for the next instance") {
    using namespace ps::dirty;
    {
        const locked_memory locked;
        PALIMPSEST_SKIP_UNLESS(locked, "this process may not lock memory");
    }
    PALIMPSEST_NEEDS(fault_gate<write_protect, false>);
    const auto how = GENERATE(grows::here, grows::in_a_scope_elsewhere, grows::elsewhere);
    CAPTURE(static_cast<int>(how));
    CHECK(found_where_another_grew<ps::instance_pool<>>(how) == std::byte{0});
    CHECK(found_where_another_grew<ps::instance_pool<fault_gate<pagemap_scan, false>>>(how) ==
          std::byte{0});
    CHECK(found_where_another_grew<ps::instance_pool<fault_gate<adaptive<>, false>>>(how) ==
          std::byte{0});
}

TEST_CASE("a slot that was resident before its first instance ran is clean for the second") {
    using scanned = ps::instance_pool<>;
    using gated = ps::instance_pool<ps::dirty::fault_gate<ps::dirty::pagemap_scan, false>>;
    const locked_memory locked;
    PALIMPSEST_SKIP_UNLESS(locked, "this process may not lock memory");
    CHECK(found_by_the_second_tenant<scanned>() == std::byte{0});
    CHECK(found_by_the_second_tenant<gated>() == std::byte{0});
}

TEST_CASE(
    "what became resident behind a gate is clean for the next instance once it is announced") {
    using namespace ps::dirty;
    {
        const locked_memory locked;
        PALIMPSEST_SKIP_UNLESS(locked, "this process may not lock memory");
    }
    CHECK(found_after_locking<ps::instance_pool<>>() == std::byte{0});
    PALIMPSEST_NEEDS(fault_gate<write_protect, false>);
    CHECK(found_after_locking<ps::instance_pool<fault_gate<pagemap_scan, false>>>() ==
          std::byte{0});
    CHECK(found_after_locking<ps::instance_pool<fault_gate<write_protect, false>>>() ==
          std::byte{0});
    CHECK(found_after_locking<
              ps::instance_pool<first_supported<fault_gate<adaptive<0>, false>, everything>>>() ==
          std::byte{0});
}
