// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/failing_system.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"
#include "support/thrown.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

/// Treats everything as dirty, as dirty::everything does, on kernels that "have" it.
template <bool Supported>
struct backend : ps::dirty::everything {
    static inline int collected = 0;

    template <class System>
    class tracker : public ps::dirty::everything::tracker<System> {
      public:
        using ps::dirty::everything::tracker<System>::tracker;

        static bool supported(System&) noexcept { return Supported; }

        template <class... Arguments>
        auto collect(Arguments&&... arguments) noexcept {
            ++collected;
            return ps::dirty::everything::tracker<System>::collect(
                std::forward<Arguments>(arguments)...);
        }
    };
};
using missing = backend<false>;
using present = backend<true>;

ps::pool_limits one_slot() { return {.slots = 1, .memory = {.maximum = 1_MiB}}; }

}  // namespace

TEST_CASE("first_supported: the first backend that the kernel has is used, and only that") {
    ps::instance_pool<ps::dirty::first_supported<missing, present, ps::dirty::everything>> pool(
        one_slot());
    CHECK(pool.tracker().chosen() == 1);

    missing::collected = present::collected = 0;
    const auto image = ps::image::zeroed(test::pages(4));
    test::write_pages(pool.acquire(image)->memory(0).bytes(), 0, 4);
    CHECK(test::is_zero(pool.acquire(image)->memory(0).bytes()));
    CHECK(present::collected == 2);
    CHECK(missing::collected == 0);
}

TEST_CASE("first_supported: a pool of backends that the kernel all lacks is not built") {
    using pool_type = ps::instance_pool<ps::dirty::first_supported<missing, missing>>;
    const auto text = test::text_of<std::system_error>([] { pool_type pool(one_slot()); });
    CHECK(text.find("add dirty::everything") != std::string::npos);
}

TEST_CASE("first_supported: an old kernel gets the backend that needs nothing") {
    using pool_type =
        ps::instance_pool<ps::dirty::first_supported<ps::dirty::fault_gate<ps::dirty::pagemap_scan>,
                                                     ps::dirty::everything>,
                          ps::observe::counters, test::failing_system>;
    const auto image = ps::image::from_bytes(test::pattern(test::pages(8)));
    const auto use = [&](pool_type& pool) {
        {
            const auto slot = pool.acquire(image);
            const auto scope = slot->enter();
            slot->announce_write();
            test::write_pages(slot->memory(0).bytes(), 2, 3);
            slot->leave();
        }
        CHECK(test::equal(pool.acquire(image)->memory(0).bytes(), test::pattern(test::pages(8))));
    };

    const test::failing<ps::os::scan_pagemap> refused(ENOTTY, 1, 1);
    pool_type old_kernel(one_slot());
    CHECK(old_kernel.tracker().chosen() == 1);
    use(old_kernel);
    CHECK(old_kernel.observer().snapshot().scans == 0);

    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type new_kernel(one_slot());
    CHECK(new_kernel.tracker().chosen() == 0);
    use(new_kernel);
    CHECK(new_kernel.observer().snapshot().scans > 0);
}
