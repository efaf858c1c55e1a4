#include <palimpsest/pool/dirty/read_page_census.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace {

namespace ps = palimpsest;

/// A kernel in whose page map `runs` runs of `pages` pages were only read, with a page that was
/// written behind each. Some kernels never map the shared page of zeros, so that a real one would
/// not do.
class kernel_with_read_pages {
  public:
    std::size_t pages = 0;  // of a run
    std::size_t runs = 1;
    std::size_t scans = 0;
    std::size_t pages_given_back = 0;
    int refusal = 0;

    ps::os::outcome<ps::os::pagemap_scan_result> operator()(ps::os::scan_pagemap, int,
                                                            ps::os::address_range range,
                                                            ps::os::page_filter filter,
                                                            std::span<ps::os::page_region> regions,
                                                            std::size_t most_pages) {
        ++scans;
        REQUIRE(filter.all_of == ps::os::page_category::present);
        REQUIRE(filter.any_of ==
                (ps::os::page_category::zero_page | ps::os::page_category::file));
        REQUIRE(filter.inverted == 0);
        const auto stride = (pages + 1) * ps::os::page_size;
        std::size_t found = 0;
        for (std::size_t run = 0; run < runs && pages != 0; ++run) {
            const auto begin = std::max(range.begin, first + run * stride);
            const auto end = first + run * stride + pages * ps::os::page_size;
            if (begin >= end) continue;
            const auto part = std::min((end - begin) / ps::os::page_size, most_pages);
            const auto part_end = begin + part * ps::os::page_size;
            regions[found++] = {begin, part_end, 0};
            most_pages -= part;
            if (found == regions.size() || most_pages == 0) return {{found, part_end}, 0};
        }
        return {{found, range.end}, 0};
    }

    ps::os::status operator()(ps::os::decommit, ps::os::address_range range) {
        if (refusal == 0) pages_given_back += range.pages();
        return {{}, refusal};
    }
    ps::os::status operator()(ps::os::remove_guards, ps::os::address_range) { return {}; }

    template <class Event>
    void tell(const Event&) noexcept {}

    static constexpr std::uintptr_t first = 0x10000000;
};

/// How many of `resets` resets find that the slot is better mapped anew.
std::size_t resets_that_find_too_many(kernel_with_read_pages& kernel, std::size_t resets) {
    ps::dirty::read_page_census census;
    const std::array spans{ps::os::address_range{kernel_with_read_pages::first, 0x20000000}};
    std::size_t found = 0;
    for (std::size_t reset = 0; reset < resets; ++reset)
        found += census.too_many(kernel, 0, spans) ? 1U : 0U;
    return found;
}

using census = ps::dirty::read_page_census;

}  // namespace

TEST_CASE("what was read all over a slot is given back in one of 64 resets, and nothing else") {
    kernel_with_read_pages kernel{.pages = census::most_pages + 1};
    CHECK(resets_that_find_too_many(kernel, census::period) == 0);
    CHECK(kernel.pages_given_back == census::most_pages + 1);
}

TEST_CASE("all runs of pages that were only read are given back, also more than a scan tells at once") {
    kernel_with_read_pages kernel{.pages = 50, .runs = census::most_runs};
    CHECK(resets_that_find_too_many(kernel, census::period) == 0);
    CHECK(kernel.pages_given_back == 50 * census::most_runs);
}

TEST_CASE("a slot where read and written pages alternate too often is better mapped anew") {
    kernel_with_read_pages kernel{.pages = 9, .runs = census::most_runs + 1};
    CHECK(resets_that_find_too_many(kernel, 3 * census::period) == 3);
    CHECK(kernel.pages_given_back == 0);
}

TEST_CASE("a slot of which so much was read that its page tables are slow to walk is mapped anew") {
    kernel_with_read_pages kernel{.pages = census::most_given_back + 1};
    CHECK(resets_that_find_too_many(kernel, census::period) == 1);
    CHECK(kernel.pages_given_back == 0);
}

TEST_CASE("a slot is mapped anew where the pages that were only read cannot be given back") {
    kernel_with_read_pages kernel{.pages = census::most_pages + 1, .refusal = EINVAL};
    CHECK(resets_that_find_too_many(kernel, census::period) == 1);
}

TEST_CASE("a few pages that were only read do no harm") {
    kernel_with_read_pages kernel{.pages = census::most_pages};
    CHECK(resets_that_find_too_many(kernel, 3 * census::period) == 0);
    CHECK(kernel.pages_given_back == 0);
    CHECK(kernel.scans == 3);
}

TEST_CASE("a census costs nothing in most resets") {
    kernel_with_read_pages kernel{.pages = 10'000};
    CHECK(resets_that_find_too_many(kernel, census::period - 1) == 0);
    CHECK(kernel.scans == 0);
}
