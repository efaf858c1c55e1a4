// SPDX-License-Identifier: Apache-2.0
// A pool works on in both processes after a fork, and neither sees the other.

#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <catch2/catch.hpp>
#include <optional>
#include <palimpsest/pool.hpp>

#include "support/child.hpp"
#include "support/kernel.hpp"
#include "support/tenant.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

constexpr ps::pool_limits limits{.slots = 4,
                                 .memories = 1,
                                 .memory = {.maximum = 512_KiB, .guard = 64_KiB},
                                 .tables = 1,
                                 .table_elements = 1'000,
                                 .state = 8_KiB};

template <class Pool>
class story {
    using slot_type = typename Pool::slot;

  public:
    explicit story(Pool& pool) : pool_(pool), random_(Catch::rngSeed()) {
        const std::vector<std::size_t> most{8_KiB, 8'000, 512_KiB};
        for (auto* of : {&holds_, &other_holds_}) {
            *of = test::random_contents(random_, most);
            of->entities[2].resize(512_KiB);
        }
        start_ = test::image_of(holds_, limits.tables);
        other_ = test::image_of(other_holds_, limits.tables);
    }

    /// An instance that survives the fork, and slots that others have left.
    std::string before_fork() {
        if (auto wrong = rounds(std::byte{0x11}); !wrong.empty()) return wrong;
        lives_on_.emplace(std::move(*pool_.acquire(*start_)));
        expected_ = holds_;
        write(*lives_on_, expected_, std::byte{0x22});
        return {};
    }

    std::string after_fork(std::byte stamp) {
        if (auto wrong = compare(*lives_on_, expected_); !wrong.empty())
            return "changed by the fork: " + wrong;
        write(*lives_on_, expected_, stamp);
        if (auto wrong = rounds(stamp); !wrong.empty()) return wrong;
        if (auto wrong = compare(*lives_on_, expected_); !wrong.empty())
            return "changed by others: " + wrong;
        lives_on_.reset();
        if (auto wrong = rounds(stamp); !wrong.empty()) return wrong;
        const auto totals = pool_.observer().snapshot();
        if (totals.degraded != 0) return "resets had to fall back";
        return totals.quarantined == 0 ? "" : "slots were quarantined";
    }

  private:
    std::string rounds(std::byte stamp) {
        for (int round = 0; round < 6; ++round) {
            const bool first = round % 3 != 2;
            auto slot = pool_.acquire(first ? *start_ : *other_);
            if (!slot) return "no slot to be had";
            auto expected = first ? holds_ : other_holds_;
            if (auto wrong = compare(*slot, expected); !wrong.empty())
                return "round " + std::to_string(round) + ": " + wrong;
            write(*slot, expected, stamp);
        }
        return {};
    }

    void write(const slot_type& to, test::contents& expected, std::byte stamp) {
        test::writes done;
        test::scribble(test::view_of(to, pool_.layout()), expected, random_, stamp, done);
        for (const auto& bytes : done) to.written(bytes.data(), bytes.size());
    }

    std::string compare(const slot_type& of, const test::contents& expected) const {
        return test::difference(test::view_of(of, pool_.layout()), expected);
    }

    Pool& pool_;
    test::random_source random_;
    test::contents holds_;
    test::contents other_holds_;
    std::optional<ps::image> start_;
    std::optional<ps::image> other_;
    std::optional<slot_type> lives_on_;
    test::contents expected_;
};

template <class... Policies>
void check_fork() {
    ::alarm(60);  // a fork that hangs ends the test
    INFO("seed " << Catch::rngSeed());
    using pool_type =
        ps::instance_pool<Policies..., ps::budget::per_instance<128_KiB>, ps::observe::counters>;
    pool_type pool(limits);
    story<pool_type> both(pool);
    REQUIRE(both.before_fork() == "");
    test::child child([&] {
        if (auto wrong = both.after_fork(std::byte{0x33}); !wrong.empty()) return wrong;
        // And once more: a server forks workers that fork.
        test::child grandchild([&] { return story<pool_type>(pool).before_fork(); });
        return grandchild.wait();
    });
    REQUIRE(both.after_fork(std::byte{0x44}) == "");
    REQUIRE(child.wait() == "");
    ::alarm(0);
}

// A checked gate notices when it is wrong, and is clean anyway.
using gated_pool = ps::instance_pool<ps::dirty::fault_gate<ps::dirty::pagemap_scan, false>>;

std::uint64_t faults() { return ps::os::count_page_faults{}().value; }

/// Page faults of the calling thread up to `count`, on a page that has nothing to do with the pool.
void take_faults(std::uint64_t count) {
    const ps::os::mapping page(ps::os::reserve{}(ps::os::page_size).value);
    (void)ps::os::make_accessible{}(page.range());
    while (faults() < count) {
        *static_cast<volatile std::byte*>(page.range().data()) = std::byte{1};
        (void)ps::os::decommit{}(page.range());
    }
}

/// In a child: writes to a slot until it has counted as many faults as its parent had, then looks
/// at what the next instance finds.
std::string count_like_the_parent(gated_pool& pool, const ps::image& start) {
    const auto parents = ps::dirty::detail::this_thread_faults.at_last_leave;
    constexpr std::size_t most_pages = 1'000;
    if (faults() + most_pages >= parents) return "the child has too many faults to begin with";
    take_faults(parents - most_pages);
    const auto page = [](auto& slot, std::size_t number) -> std::byte& {
        return slot->memory(0).data()[number * ps::os::page_size];
    };
    {
        auto slot = pool.acquire(start);
        for (std::size_t number = 0; faults() < parents; ++number)
            page(slot, number) = std::byte{1};
    }
    auto slot = pool.acquire(start);
    for (std::size_t number = 0; number < most_pages; ++number)
        if (page(slot, number) != std::byte{0}) return "a page was taken for untouched";
    return {};
}

}  // namespace

TEST_CASE("after a fork both processes go on with a pool, slots in use included") {
    using namespace ps::dirty;
    boost::hana::for_each(
        boost::hana::tuple_t<pagemap_scan, write_protect, adaptive<8>, fault_gate<>,
                             fault_gate<adaptive<8>>, fault_gate<write_protect>, reported,
                             everything, soft_dirty, first_supported<soft_dirty, pagemap_scan>>,
        [](auto policy) {
            using dirty = typename decltype(policy)::type;
            INFO(dirty::name);
            if (test::supported<dirty>()) check_fork<dirty>();
        });
}

TEST_CASE("after a fork both processes go on with a pool that decommits, remaps or batches") {
    check_fork<ps::reset::decommit>();
    check_fork<ps::reset::remap>();
    check_fork<ps::reset::batched<2>>();
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    check_fork<ps::reset::batched<2, ps::reset::restore>>();
}

TEST_CASE("a child's count of page faults is not taken for its parent's") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    // The parent is itself a child, so it has counted few faults, whatever ran before this test.
    test::child parent([] {
        gated_pool pool({.slots = 1, .memory = {.maximum = 8_MiB, .guard = 64_KiB}});
        const auto start = ps::image::zeroed(8_MiB);
        take_faults(10'000);
        for (int count = 0; count < 3; ++count) (void)pool.acquire(start);
        return test::child([&] { return count_like_the_parent(pool, start); }).wait();
    });
    REQUIRE(parent.wait() == "");
}
