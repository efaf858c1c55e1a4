// SPDX-License-Identifier: Apache-2.0
// What image::capture and image::builder do when memory runs out: at each allocation in turn, and
// under a limit of the address space.

#include <palimpsest/pool.hpp>

#include <sys/resource.h>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <string>

#include "support/child.hpp"
#include "support/failing_allocation.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"
#include "support/sanitizer.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<ps::observe::counters>;

ps::pool_limits limits() {
    return {.slots = 2,
            .memory = {.maximum = 64_MiB, .guard = 64_KiB},
            .tables = 1,
            .table_elements = 512,
            .state = 4_KiB};
}

/// An instance that wrote every other page of its memory, so that each is a region of its own.
void write_every_other_page(pool_type::slot& slot, std::size_t count) {
    slot.state().bytes()[3] = std::byte{3};
    slot.table(0).bytes()[4] = std::byte{4};
    for (std::size_t page = 0; page < count; ++page)
        test::write_pages(slot.memory(0).bytes(), 2 * page, 1, std::byte{5});
}

/// What is wrong with a slot that was written to like this; nothing if it is unchanged.
std::string complaint_about(const pool_type::slot& slot, std::size_t count) {
    if (slot.state().bytes()[3] != std::byte{3}) return "the state changed";
    if (slot.table(0).bytes()[4] != std::byte{4}) return "the table changed";
    for (std::size_t page = 0; page < count; ++page) {
        if (slot.memory(0).bytes()[test::pages(2 * page)] != std::byte{5})
            return "a page that was written changed";
        if (slot.memory(0).bytes()[test::pages(2 * page + 1)] != std::byte{0})
            return "a page that was not written changed";
    }
    return {};
}

std::size_t address_space_in_use() {
    std::ifstream statm("/proc/self/statm");
    std::size_t pages = 0;
    statm >> pages;
    return pages * ps::os::page_size;
}

/// Lets the process have `bytes` more address space than it has.
void limit_address_space(std::size_t bytes) {
    rlimit limit{};
    ::getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = std::min<rlim_t>(address_space_in_use() + bytes, limit.rlim_max);
    ::setrlimit(RLIMIT_AS, &limit);
}
void lift_limit_of_address_space() {
    rlimit limit{};
    ::getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_AS, &limit);
}

/// Calls `act` with its first allocation failing, then its second, and so on, until none fails.
/// Returns how many did.
template <class Act>
std::size_t fail_each_allocation_of(Act&& act) {
    for (std::size_t number = 1;; ++number) {
        test::allocations_left = number;
        try {
            act();
            const bool none_failed = test::allocations_left != 0;
            test::allocations_left = 0;
            if (none_failed) return number - 1;
        } catch (const std::bad_alloc&) {
        }
        test::allocations_left = 0;
    }
}

}  // namespace

TEST_CASE("a capture throws whichever allocation fails, and leaves slot and pool as they were") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    constexpr std::size_t count = 300;
    pool_type pool(limits());
    auto slot = *pool.acquire(ps::image::zeroed(64_MiB));
    write_every_other_page(slot, count);
    const auto failed = fail_each_allocation_of([&] { (void)ps::image::capture(slot); });
    CHECK(failed > 20);
    CHECK(complaint_about(slot, count).empty());
    const auto restored = pool.acquire(ps::image::capture(slot));
    CHECK(complaint_about(*restored, count).empty());
}

TEST_CASE("building an image throws whichever allocation fails, and loses no descriptor") {
    const auto page = test::pattern(10);
    std::vector<ps::segment> segments;
    for (std::size_t index = 0; index < 100; ++index) segments.push_back({index * 256_KiB, page});
    const auto before = ps::image::from_bytes(page).file();
    const auto failed = fail_each_allocation_of([&] {
        ps::image::builder builder;
        builder.state(page).table(2, page).memory(1, segments, 64_MiB);
        (void)builder.build();
    });
    CHECK(failed > 20);
    CHECK(ps::image::from_bytes(page).file() == before);
}

TEST_CASE("a capture for which there is no address space throws, and works once there is some") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    PALIMPSEST_SKIP_UNLESS(!test::address_sanitizer && !test::thread_sanitizer,
                           "the sanitizer's own memory does not go on under a limit");
    test::child child([]() -> std::string {
        constexpr std::size_t count = 8'192;
        pool_type pool(limits());
        auto slot = *pool.acquire(ps::image::zeroed(64_MiB));
        write_every_other_page(slot, count);
        int thrown = 0;
        for (std::size_t bytes = 0; bytes < 16_MiB; bytes += 256_KiB) {
            limit_address_space(bytes);
            try {
                (void)ps::image::capture(slot);
            } catch (const std::bad_alloc&) {
                ++thrown;
            } catch (const std::system_error& refused) {
                if (refused.code() != std::errc::not_enough_memory) return refused.what();
                ++thrown;
            }
            lift_limit_of_address_space();
            if (auto text = complaint_about(slot, count); !text.empty()) return text;
        }
        if (thrown == 0) return "nothing was thrown";
        return complaint_about(*pool.acquire(ps::image::capture(slot)), count);
    });
    CHECK(child.wait().empty());
}
