#include <palimpsest/pool/dirty/read_page_census.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace {

namespace ps = palimpsest;

/// A kernel in whose page map so many pages are the shared page of zeros. Some kernels never map
/// it, so that a real one would not do.
class kernel_with_zero_pages {
  public:
    std::size_t zero_pages = 0;
    std::size_t scans = 0;

    ps::os::outcome<ps::os::pagemap_scan_result> operator()(ps::os::scan_pagemap, int,
                                                            ps::os::address_range range,
                                                            ps::os::page_filter filter,
                                                            std::span<ps::os::page_region> regions,
                                                            std::size_t most_pages) {
        ++scans;
        REQUIRE(filter.all_of == ps::os::page_category::zero_page);
        REQUIRE(filter.inverted == 0);
        const auto pages = std::min(zero_pages, most_pages);
        if (pages == 0) return {{0, range.end}, 0};
        regions[0] = {range.begin, range.begin + pages * ps::os::page_size, 0};
        return {{1, pages == most_pages ? regions[0].end : range.end}, 0};
    }

    template <class Event>
    void tell(const Event&) noexcept {}
};

/// How many of `resets` resets find too many.
std::size_t resets_that_find_too_many(kernel_with_zero_pages& kernel, std::size_t resets) {
    ps::dirty::read_page_census census;
    const std::array spans{ps::os::address_range{0x10000000, 0x20000000}};
    std::size_t found = 0;
    for (std::size_t reset = 0; reset < resets; ++reset)
        found += census.too_many(kernel, 0, spans) ? 1U : 0U;
    return found;
}

using census = ps::dirty::read_page_census;

}  // namespace

TEST_CASE("a slot that was read all over is found in one of 64 resets") {
    kernel_with_zero_pages kernel{.zero_pages = census::most_pages + 1};
    CHECK(resets_that_find_too_many(kernel, 3 * census::period) == 3);
    CHECK(kernel.scans == 3);
}

TEST_CASE("a few pages that were only read do no harm") {
    kernel_with_zero_pages kernel{.zero_pages = census::most_pages};
    CHECK(resets_that_find_too_many(kernel, 3 * census::period) == 0);
}

TEST_CASE("a census costs nothing in most resets") {
    kernel_with_zero_pages kernel{.zero_pages = 10'000};
    CHECK(resets_that_find_too_many(kernel, census::period - 1) == 0);
    CHECK(kernel.scans == 0);
}
