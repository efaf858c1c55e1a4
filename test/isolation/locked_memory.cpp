#include <sys/mman.h>

#include <catch2/catch.hpp>
#include <palimpsest/pool.hpp>

#include "support/kernel.hpp"

namespace ps = palimpsest;
using namespace ps::literals;

namespace {

/// What a host does that must never wait for memory: all it maps is resident from the start.
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

/// What the second tenant finds where the first wrote, when all memory was locked between the two.
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

}  // namespace

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
