// SPDX-License-Identifier: Apache-2.0
// A page that was written and then swapped out is as dirty as one in memory.

#include <sys/mman.h>

#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <catch2/catch.hpp>
#include <palimpsest/pool.hpp>

#include "support/budget_as_told.hpp"
#include "support/kernel.hpp"
#include "support/page_words.hpp"
#include "support/skip.hpp"
#include "support/swap_file.hpp"
#include "support/tenant.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

constexpr ps::pool_limits limits{.slots = 1,
                                 .memories = 2,
                                 .memory = {.maximum = 4_MiB, .guard = 64_KiB},
                                 .tables = 2,
                                 .table_elements = 2'000,
                                 .state = 16_KiB};

constexpr auto policies =
    boost::hana::tuple_t<ps::dirty::pagemap_scan, ps::dirty::write_protect, ps::dirty::adaptive<8>,
                         ps::dirty::fault_gate<>, ps::dirty::fault_gate<ps::dirty::adaptive<8>>>;

/// Swaps out what the kernel is willing to; returns the number of pages.
std::size_t swap_out(const test::tenant_view& view) {
    std::size_t swapped = 0;
    for (const auto& entity : view.entities) {
        const auto begin = reinterpret_cast<std::uintptr_t>(entity.data());
        const ps::os::address_range range{begin, begin + ps::os::round_up_to_page(entity.size())};
        // Pages that were just written wait in lists of each processor, out of reach at first.
        for (int attempt = 0; attempt < 5; ++attempt)
            ::madvise(range.data(), range.size(), MADV_PAGEOUT);
        swapped += test::swapped_pages(range);
    }
    return swapped;
}

enum class moment { before_writing, while_in_use, when_idle };

template <class Dirty>
void check(moment when, std::size_t budget) {
    test::budget_as_told::pages = budget;
    ps::instance_pool<Dirty, test::budget_as_told, ps::observe::counters> pool(limits);
    test::random_source random(Catch::rngSeed());
    INFO("seed " << Catch::rngSeed() << ", " << Dirty::name << ", budget of " << budget
                 << " pages, swapped out at moment " << static_cast<int>(when));
    std::vector<std::size_t> most{16_KiB, 16'000, 16'000, 2_MiB, 2_MiB};
    const auto holds = test::random_contents(random, most);
    const auto start = test::image_of(holds, limits.tables);

    std::size_t swapped = 0;
    for (int round = 0; round < 6; ++round) {
        auto slot = pool.acquire(start);
        REQUIRE(slot);
        auto view = test::view_of(*slot, pool.layout());
        INFO("round " << round);
        REQUIRE(test::difference(view, holds) == "");
        if (when == moment::before_writing && round > 0) swapped += swap_out(view);
        test::writes done;
        auto expected = holds;
        for (int count = 0; count < 4; ++count)
            test::scribble(view, expected, random, std::byte{0x5e}, done);
        if (when == moment::while_in_use) swapped += swap_out(view);
        slot.reset();
        if (when == moment::when_idle) swapped += swap_out(view);
    }
    REQUIRE(swapped > (when == moment::while_in_use ? 500 : budget < 1000 ? 20 : 100));
    CHECK(pool.observer().snapshot().degraded == 0);
}

}  // namespace

TEST_CASE("what an instance wrote is not seen by the next though the kernel swapped it out") {
    const test::swap_file swap(64_MiB);
    PALIMPSEST_SKIP_UNLESS(swap.refusal().empty(), swap.refusal());
    boost::hana::for_each(policies, [](auto policy) {
        using dirty = typename decltype(policy)::type;
        if (!test::supported<dirty>()) return;
        for (const auto when : {moment::before_writing, moment::while_in_use, moment::when_idle})
            for (const auto budget : {std::size_t{40}, ps::budget::no_limit})
                check<dirty>(when, budget);
    });
}
