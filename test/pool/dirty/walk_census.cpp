// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool/dirty/detail/walk_census.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace {

namespace ps = palimpsest;

/// A kernel in whose page map `runs` runs of `pages` pages were only read, and `written` pages
/// behind each were written. Some kernels never map the shared page of zeros, so a real one would
/// not do.
class kernel_with_read_pages {
  public:
    std::size_t pages = 0;  // of a run
    std::size_t runs = 1;
    std::size_t written = 1;
    std::size_t stride = 0;  // in pages, where the runs are further apart than they must
    std::size_t counts = 0;
    std::size_t pages_given_back = 0;
    int refusal = 0;

    ps::os::outcome<ps::os::pagemap_scan_result> operator()(ps::os::scan_pagemap, int,
                                                            ps::os::address_range range,
                                                            ps::os::page_filter filter,
                                                            std::span<ps::os::page_region> regions,
                                                            std::size_t most_pages) {
        const bool reads = filter.all_of == ps::os::page_category::present;
        REQUIRE((reads || filter.any_of == ps::os::page_filter::mapped().any_of));
        if (range.begin == first && reads) ++counts;
        const auto part_of_run = reads ? pages : pages + written;
        std::size_t found = 0;
        for (std::size_t run = 0; run < runs && part_of_run != 0; ++run) {
            const auto at = first + run * std::max(stride, pages + written) * ps::os::page_size;
            const auto begin = std::max(range.begin, at);
            const auto end = at + part_of_run * ps::os::page_size;
            if (begin >= end) continue;
            if (begin >= range.end) break;
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

const std::array spans{ps::os::address_range{kernel_with_read_pages::first,
                                             kernel_with_read_pages::first + (1U << 30U)}};

/// How many of `resets` resets find that the slot should be remapped.
std::size_t resets_that_find_too_many(kernel_with_read_pages& kernel, std::size_t resets,
                                      ps::dirty::detail::walk_census& census) {
    std::size_t found = 0;
    for (std::size_t reset = 0; reset < resets; ++reset)
        found += census.too_many(kernel, 0, spans) ? 1U : 0U;
    return found;
}
/// The same with a census of its own.
std::size_t resets_that_find_too_many(kernel_with_read_pages& kernel, std::size_t resets) {
    ps::dirty::detail::walk_census census;
    return resets_that_find_too_many(kernel, resets, census);
}

using census = ps::dirty::detail::walk_census;

}  // namespace

TEST_CASE("what was read all over a slot is given back in one of 64 resets, and nothing else") {
    kernel_with_read_pages kernel{.pages = census::most_pages + 1};
    CHECK(resets_that_find_too_many(kernel, census::period) == 0);
    CHECK(kernel.pages_given_back == census::most_pages + 1);
}

TEST_CASE(
    "all runs of pages that were only read are given back, also more than a scan tells at once") {
    kernel_with_read_pages kernel{.pages = 50, .runs = census::most_runs};
    CHECK(resets_that_find_too_many(kernel, census::period) == 0);
    CHECK(kernel.pages_given_back == 50 * census::most_runs);
}

TEST_CASE("a slot where read and written pages alternate too often is better mapped anew") {
    kernel_with_read_pages kernel{.pages = 9, .runs = census::most_runs + 1};
    CHECK(resets_that_find_too_many(kernel, census::period) == 1);
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
    CHECK(kernel.counts == 3);
}

TEST_CASE("a census costs nothing in most resets") {
    kernel_with_read_pages kernel{.pages = 10'000};
    CHECK(resets_that_find_too_many(kernel, census::period - 1) == 0);
    CHECK(kernel.counts == 0);
}

TEST_CASE("a slot is mapped anew where page tables hold few pages each, read or written") {
    constexpr std::size_t table = 512;  // pages
    kernel_with_read_pages read{.pages = 1, .runs = 500, .written = 0, .stride = table};
    CHECK(resets_that_find_too_many(read, census::period) == 1);
    kernel_with_read_pages written{.runs = 500, .stride = table};
    CHECK(resets_that_find_too_many(written, census::period) == 1);
    // Pages enough in each make the walk worth it.
    kernel_with_read_pages full{.runs = 500, .written = 64, .stride = table};
    CHECK(resets_that_find_too_many(full, 3 * census::period) == 0);
    kernel_with_read_pages few{.runs = census::most_tables, .stride = table};
    CHECK(resets_that_find_too_many(few, 3 * census::period) == 0);
}

TEST_CASE("a slot is mapped anew where pages were given back in many page tables, once") {
    kernel_with_read_pages kernel;
    ps::dirty::detail::walk_census counting;
    counting.decommitted(spans.front());
    CHECK(resets_that_find_too_many(kernel, census::period, counting) == 1);
    counting.mapped();
    CHECK(resets_that_find_too_many(kernel, 3 * census::period, counting) == 0);
}

TEST_CASE("a slot for which mapping it anew is of no use is mapped anew ever more seldom") {
    kernel_with_read_pages kernel{.pages = census::most_given_back + 1};
    ps::dirty::detail::walk_census counting;
    std::size_t resets = 0;
    for (std::size_t due = census::period; due < 4 * census::longest_period; due *= 2) {
        resets = std::min<std::size_t>(due, census::longest_period);
        CHECK(resets_that_find_too_many(kernel, resets - 1, counting) == 0);
        CHECK(resets_that_find_too_many(kernel, 1, counting) == 1);
    }
    // Once it helps, the next is found as soon as the first was.
    kernel.pages = 0;
    CHECK(resets_that_find_too_many(kernel, resets, counting) == 0);
    kernel.pages = census::most_given_back + 1;
    CHECK(resets_that_find_too_many(kernel, census::period, counting) == 1);
}
