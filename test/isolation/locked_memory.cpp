#include <sys/mman.h>

#include <catch2/catch.hpp>
#include <palimpsest/pool.hpp>

#include "support/skip.hpp"

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
