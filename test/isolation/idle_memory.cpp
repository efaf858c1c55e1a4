// SPDX-License-Identifier: Apache-2.0
// A guest that touches other pages in each request cannot make a pool grow.

#include <sys/mman.h>

#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <catch2/catch.hpp>
#include <numeric>
#include <optional>
#include <palimpsest/pool.hpp>
#include <vector>

#include "support/kernel.hpp"
#include "support/page_words.hpp"
#include "support/pages.hpp"
#include "support/sanitizer.hpp"
#include "support/tenant.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

constexpr bool sanitized = test::address_sanitizer || test::thread_sanitizer;
constexpr std::size_t many_requests = sanitized ? 500 : 10'000;  // up to half a minute
constexpr std::size_t some_requests = sanitized ? 500 : 1'500;

constexpr auto scanners =
    boost::hana::tuple_t<ps::dirty::pagemap_scan, ps::dirty::adaptive<>, ps::dirty::fault_gate<>,
                         ps::dirty::fault_gate<ps::dirty::adaptive<>>>;

constexpr std::size_t slots = 8;
constexpr std::size_t cap = 4_MiB;
constexpr std::size_t touched = 1_MiB;

/// Makes every page of the range private with one system call: page faults would take ten times as
/// long and have the same effect.
void touch(std::span<std::byte> bytes) {
    constexpr int populate_write = 23;  // MADV_POPULATE_WRITE (Linux 5.14), not in every header
    if (::madvise(bytes.data(), bytes.size(), populate_write) == 0) {
        for (std::size_t at = 0; at < bytes.size(); at += ps::os::page_size)
            bytes[at] = std::byte{1};
        return;
    }
    for (std::size_t at = 0; at < bytes.size(); at += ps::os::page_size) bytes[at] = std::byte{1};
}

template <class... Policies>
class hostile_guests {
    using pool_type = ps::instance_pool<Policies..., ps::budget::idle_cap<cap>>;

  public:
    explicit hostile_guests(std::size_t requests) {
        for (std::size_t request = 0; request < requests; ++request) {
            const auto place = test::pick(random_, 0, slots - 1);
            if (in_use_[place]) finish(place);
            begin(place);
        }
        for (std::size_t place = 0; place < slots; ++place)
            if (in_use_[place]) finish(place);
    }

    std::size_t most_resident() const { return most_resident_; }

  private:
    void begin(std::size_t place) {
        in_use_[place].emplace(std::move(*pool_.acquire(start_)));
        idle_pages_[in_use_[place]->index()] = 0;
        const auto memory = in_use_[place]->memory(0).bytes();
        const auto pages = (memory.size() - touched) / ps::os::page_size;
        touch(memory.subspan(test::pick(random_, 0, pages) * ps::os::page_size, touched));
    }

    void finish(std::size_t place) {
        const auto range = test::range_of_slot(pool_, *in_use_[place]);
        const auto number = in_use_[place]->index();
        in_use_[place].reset();
        // Nobody touches a slot while it is idle, so each is counted once.
        idle_pages_[number] = test::private_pages(range);
        const auto all = std::accumulate(idle_pages_.begin(), idle_pages_.end(), std::size_t{0});
        most_resident_ = std::max(most_resident_, all * ps::os::page_size);
    }

    pool_type pool_{
        {.slots = slots, .memory = {.maximum = 16_MiB, .guard = 64_KiB}, .state = 4_KiB}};
    ps::image start_ = ps::image::zeroed(16_MiB);
    test::random_source random_{Catch::rngSeed()};
    std::vector<std::optional<typename pool_type::slot>> in_use_{slots};
    std::vector<std::size_t> idle_pages_ = std::vector<std::size_t>(slots);
    std::size_t most_resident_ = 0;
};

template <class... Policies>
void check_bound(std::size_t requests) {
    const hostile_guests<Policies...> guests(requests);
    CHECK(guests.most_resident() <= cap * slots);
    // A pool that keeps nothing would pass as well.
    CHECK(guests.most_resident() >= cap * slots / 4);
}

}  // namespace

// Without a budget the cap is all that bounds what stays.

TEST_CASE("idle memory stays below its cap under hostile guests, found by pagemap_scan") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    check_bound<ps::dirty::pagemap_scan, ps::budget::unlimited>(some_requests);
}

TEST_CASE("idle memory stays below its cap under hostile guests, found by write_protect") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    check_bound<ps::dirty::write_protect, ps::budget::unlimited>(many_requests);
}

TEST_CASE("idle memory stays below its cap under hostile guests, found by adaptive") {
    PALIMPSEST_NEEDS(ps::dirty::adaptive<>);
    check_bound<ps::dirty::adaptive<>, ps::budget::unlimited>(some_requests);
}

TEST_CASE("idle memory stays below its cap under hostile guests, with the default budget") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    check_bound<ps::dirty::fault_gate<ps::dirty::adaptive<>>>(some_requests);
}

TEST_CASE("idle memory stays below its cap when more places were written than anybody remembers") {
    constexpr std::size_t places = 4'200;  // dirty::detail::page_ranges::most is less
    const auto image = ps::image::zeroed(test::pages(2 * places));
    boost::hana::for_each(scanners, [&](auto policy) {
        using dirty = typename decltype(policy)::type;
        if (!test::supported<dirty>()) return;
        INFO(dirty::name);
        ps::instance_pool<dirty, ps::budget::unlimited, ps::budget::idle_cap<1_MiB>> pool(
            {.slots = 1, .memory = {.maximum = image.memories()[0].size()}});
        for (int tenant = 0; tenant < 3; ++tenant) {
            auto slot = pool.acquire(image);
            const auto memory = slot->memory(0).bytes();
            const auto range = test::range_of_slot(pool, *slot);
            CHECK(test::is_zero(memory.first(test::pages(10))));
            for (std::size_t place = 0; place < places; ++place)
                test::write_pages(memory, 2 * place, 1);
            slot.reset();
            CHECK(test::private_pages(range) <= 256);
        }
    });
}
