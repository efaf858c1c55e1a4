// SPDX-License-Identifier: Apache-2.0
// Many runs of dirty pages with clean ones between them, and budgets that end at awkward places.

#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <catch2/catch.hpp>
#include <palimpsest/pool.hpp>

#include "support/budget_as_told.hpp"
#include "support/kernel.hpp"
#include "support/page_words.hpp"
#include "support/tenant.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

constexpr auto policies =
    boost::hana::tuple_t<ps::dirty::pagemap_scan, ps::dirty::write_protect, ps::dirty::adaptive<8>,
                         ps::dirty::fault_gate<>, ps::dirty::fault_gate<ps::dirty::adaptive<8>>,
                         ps::dirty::reported>;

using no_idle_cap = ps::budget::idle_cap<ps::budget::no_limit>;

/// `count` runs of `length` pages in memory 0, each followed by a clean page, and before them
/// `small` pages of the state and the table.
struct pattern {
    std::size_t count;
    std::size_t length;
    std::size_t small = 0;

    std::size_t pages() const { return count * length + small; }
    /// Of memory 0: the pattern, and more than the image has there.
    std::size_t memory_pages() const { return std::max<std::size_t>(count * (length + 1), 64) + 8; }
};

ps::pool_limits limits_for(const pattern& written) {
    const auto page = ps::os::page_size;
    return {.slots = 1,
            .memories = 2,
            .memory = {.maximum = written.memory_pages() * page, .guard = 64_KiB},
            .tables = 1,
            .table_elements = 3 * page / sizeof(void*),
            .state = 2 * page};
}

class tenancy {
  public:
    explicit tenancy(const pattern& written) : written_(written) {
        holds_.entities.resize(4);
        // An image with something in each entity, and runs of its own that those cut.
        const auto page = ps::os::page_size;
        for (const auto& [entity, bytes] :
             {std::pair{0U, page + 5}, {1U, 2 * page}, {2U, 50 * page + 7}})
            for (std::size_t at = 0; at < bytes; ++at)
                holds_.at_least(entity, bytes)[at] =
                    static_cast<std::byte>(at / page % 3 == 1 ? 0 : at % 251 + 1);
        holds_.at_least(2, written.memory_pages() * page);
        holds_.at_least(3, 8 * page);
        start_ = test::image_of(holds_, 1);
    }

    const ps::image& start() const { return *start_; }

    template <class Slot>
    void write(const Slot& slot, const test::tenant_view& view, std::size_t shift) const {
        const auto page = ps::os::page_size;
        const auto write = [&](std::size_t entity, std::size_t number, std::size_t pages) {
            auto* const at = view.entities[entity].data() + number * page;
            for (std::size_t index = 0; index < pages; ++index)
                std::memset(at + index * page, 0x5e, 16);
            slot.written(at, pages * page);
        };
        for (std::size_t index = 0; index < written_.small; ++index)
            index < 2 ? write(0, index, 1) : write(1, index - 2, 1);
        for (std::size_t index = 0; index < written_.count; ++index)
            write(2, index * (written_.length + 1) + shift, written_.length);
    }

    std::string compare(const test::tenant_view& view) const {
        return test::difference(view, holds_);
    }

  private:
    pattern written_;
    test::contents holds_;
    std::optional<ps::image> start_;
};

/// One instance after the other, the later ones with other pages; after the first, the pages that
/// the budget had to keep are known.
template <class Dirty>
void check(const pattern& written, std::size_t budget) {
    INFO(Dirty::name << ": " << written.count << " runs of " << written.length << " pages and "
                     << written.small << " before them, budget of " << budget << " pages");
    test::budget_as_told::pages = budget;
    ps::instance_pool<Dirty, test::budget_as_told, no_idle_cap, ps::observe::counters> pool(
        limits_for(written));
    const tenancy tenant(written);
    for (std::size_t round = 0; round < 3; ++round) {
        INFO("round " << round);
        auto slot = pool.acquire(tenant.start());
        REQUIRE(slot);
        const auto view = test::view_of(*slot, pool.layout());
        const auto range = test::range_of_slot(pool, *slot);
        // In the first round nothing is read before, so that only what is written is resident.
        if (round != 0) REQUIRE(tenant.compare(view) == "");
        tenant.write(*slot, view, round % 2);
        slot.reset();
        if (round == 0) REQUIRE(test::private_pages(range) == std::min(budget, written.pages()));
    }
    auto slot = pool.acquire(tenant.start());
    REQUIRE(tenant.compare(test::view_of(*slot, pool.layout())) == "");
    CHECK(pool.observer().snapshot().degraded == 0);
}

template <class Check>
void for_each_policy(Check&& of) {
    boost::hana::for_each(policies, [&](auto policy) {
        using dirty = typename decltype(policy)::type;
        if (test::supported<dirty>()) of(policy);
    });
}

constexpr auto buffer = ps::dirty::detail::scan_regions;

}  // namespace

TEST_CASE("every run of dirty pages is found, however many there are") {
    for_each_policy([](auto policy) {
        using dirty = typename decltype(policy)::type;
        for (const auto count : {buffer - 1, buffer, buffer + 1, 2 * buffer, std::size_t{1'025}})
            check<dirty>({.count = count, .length = 1}, ps::budget::no_limit);
        // More than anybody remembers (dirty::detail::page_ranges::most).
        check<dirty>({.count = 4'200, .length = 1}, ps::budget::no_limit);
    });
}

TEST_CASE("a budget that ends where the region buffer does keeps what it may, and no more") {
    for_each_policy([](auto policy) {
        using dirty = typename decltype(policy)::type;
        for (const auto runs : {buffer, 2 * buffer, 2 * buffer + 40})
            for (const auto budget :
                 {buffer - 1, buffer, buffer + 1, 2 * buffer - 1, 2 * buffer, 2 * buffer + 1})
                check<dirty>({.count = runs, .length = 1}, budget);
    });
}

TEST_CASE("a budget that ends in the middle of a run keeps the pages before") {
    for_each_policy([](auto policy) {
        using dirty = typename decltype(policy)::type;
        for (const auto budget : {std::size_t{1}, std::size_t{4}, std::size_t{17}, 3 * buffer - 2,
                                  3 * buffer - 1, 3 * buffer, 3 * buffer + 1})
            check<dirty>({.count = 140, .length = 3}, budget);
    });
}

TEST_CASE("a budget that ends near the border of an entity keeps the pages before") {
    for_each_policy([](auto policy) {
        using dirty = typename decltype(policy)::type;
        for (std::size_t budget = 0; budget < 13; ++budget)
            check<dirty>({.count = 3, .length = 2, .small = 5}, budget);
    });
}
