// SPDX-License-Identifier: Apache-2.0
// Host code made guards of pages of a slot (MADV_GUARD_INSTALL). The next tenant can write there,
// and finds its image.

#include <palimpsest/os/guard_marker.hpp>
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>
#include <string>
#include <tuple>

#include "support/child.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"
#include "support/scratch_memory.hpp"

namespace ps = palimpsest;
namespace os = palimpsest::os;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

constexpr const char* no_guards = "this kernel has no guard markers (Linux 6.13)";

bool has_guards() {
    const test::scratch_memory memory(1);
    return static_cast<bool>(os::install_guards{}(memory.range()));
}

constexpr std::size_t image_pages = 8;
constexpr std::size_t memory_pages = 24;

ps::image make_image() {
    const auto bytes = test::pattern(test::pages(image_pages));
    const ps::segment whole{0, bytes};
    return ps::image::from_segments({&whole, 1}, test::pages(memory_pages));
}

template <class Slot>
void write_all(const Slot& slot) {
    const auto memory = slot.memory(0).bytes();
    test::write_pages(memory, 0, memory_pages);
    slot.written(memory.data(), memory.size());
}

/// Three pages from `page` on: within the image, at its end, or after it.
template <class Slot>
bool install(const Slot& slot, std::size_t page) {
    const auto begin = test::range_of(slot.memory(0).bytes()).begin + test::pages(page);
    const bool installed{os::install_guards{}({begin, begin + test::pages(3)})};
    slot.announce_write();
    return installed;
}

std::string difference_from_image(std::span<const std::byte> memory) {
    if (!test::equal(memory.first(test::pages(image_pages)),
                     test::pattern(test::pages(image_pages))))
        return "not the image";
    return test::is_zero(memory.subspan(test::pages(image_pages))) ? "" : "no zeros";
}

/// What is wrong with later tenants of a slot in which there were guards.
template <class Pool>
std::string fault_of_later_tenants(std::size_t page, bool in_place) {
    Pool pool({.slots = 1, .memory = {.maximum = 1_MiB, .guard = 64_KiB}});
    const auto image = make_image();
    for (int warm_up = 0; warm_up < 10; ++warm_up) write_all(*pool.acquire(image));
    for (int tenant = 0; tenant < 3; ++tenant) {
        auto slot = pool.acquire(image);
        write_all(*slot);
        if (!install(*slot, page)) return "no guard";
        if (in_place && !slot->reset()) return "no reset";
        if (!in_place) {
            slot.reset();
            slot = pool.acquire(image);
        }
        const auto memory = slot->memory(0).bytes();
        if (auto wrong = difference_from_image(memory); !wrong.empty()) return wrong;
        write_all(*slot);  // an access to a guard would end the process
    }
    return difference_from_image(pool.acquire(image)->memory(0).bytes());
}

template <class... Policies>
using pool_of = ps::instance_pool<Policies...>;

using compositions =
    std::tuple<pool_of<>, pool_of<ps::reset::decommit>, pool_of<ps::reset::remap>,
               pool_of<ps::reset::batched<2>>, pool_of<ps::budget::per_instance<16_KiB>>,
               pool_of<ps::dirty::adaptive<>>, pool_of<ps::dirty::write_protect>,
               pool_of<ps::dirty::everything>, pool_of<ps::dirty::reported>,
               pool_of<ps::dirty::fault_gate<ps::dirty::pagemap_scan, false>>,
               pool_of<ps::dirty::fault_gate<ps::dirty::adaptive<>, false>>,
               pool_of<ps::dirty::fault_gate<ps::dirty::write_protect, false>>>;

}  // namespace

TEMPLATE_LIST_TEST_CASE(
    "where guards were installed, the next tenant finds its image and can write", "",
    compositions) {
    PALIMPSEST_SKIP_UNLESS(has_guards(), no_guards);
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    const auto page = GENERATE(std::size_t{0}, std::size_t{7}, std::size_t{20});
    const bool in_place = GENERATE(false, true);
    CAPTURE(page, in_place);
    // In a child, since a failure ends the process.
    const auto fault =
        test::child([&] { return fault_of_later_tenants<TestType>(page, in_place); }).wait();
    // Before Linux 6.15 the mapping of a file takes no guards.
    if (fault == "no guard" && page < image_pages) return;
    CHECK(fault == "");
}

namespace {

/// What is wrong with a tenant that grows to where an earlier one had a guard beyond its size.
template <class Pool>
std::string fault_of_growing_tenant(bool other_image) {
    Pool pool({.slots = 1, .memory = {.maximum = 1_MiB, .guard = 64_KiB}});
    const auto image = make_image();
    {
        const auto slot = pool.acquire(image);
        write_all(*slot);
        if (!install(*slot, memory_pages + 4)) return "no guard";
    }
    const auto larger = ps::image::zeroed(test::pages(memory_pages + 8));
    const auto slot = pool.acquire(other_image ? larger : image);
    if (!other_image && !slot->memory(0).grow(test::pages(8))) return "no growth";
    const auto memory = slot->memory(0).bytes();
    test::write_pages(memory, 0, memory_pages + 8);  // an access to a guard would end the process
    return "";
}

}  // namespace

TEMPLATE_LIST_TEST_CASE(
    "a guard beyond the size of a memory is gone once the next tenant grows to it", "",
    compositions) {
    PALIMPSEST_SKIP_UNLESS(has_guards(), no_guards);
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    const bool other_image = GENERATE(false, true);
    CAPTURE(other_image);
    CHECK(test::child([&] { return fault_of_growing_tenant<TestType>(other_image); }).wait() == "");
}
