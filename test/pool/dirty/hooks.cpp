// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace ps = palimpsest;
namespace dirty = palimpsest::dirty;
namespace hook = palimpsest::dirty::hook;
namespace os = palimpsest::os;
using namespace ps::literals;

namespace {

using names = std::set<std::string>;

/// Has every hook, and records which were called. It treats everything as dirty.
struct noting {
    using role = ps::roles::dirty;
    static constexpr bool finds_every_resident_page = true;
    static constexpr bool skips_scans = false;
    static inline names called;

    template <class System>
    class tracker {
      public:
        using provided_hooks =
            ps::provides<hook::set_up, hook::mapped, hook::acquired, hook::growing, hook::left,
                         hook::resetting, hook::decommitted, hook::restored, hook::resident,
                         hook::overgrown, hook::written, hook::announce_write,
                         hook::announce_population, hook::forked, hook::slot_forked, hook::scope,
                         hook::supported, hook::recall, hook::skips_scans>;

        struct slot_data {};

        struct scope {
            scope(tracker&, slot_data&) noexcept { called.insert("scope"); }
            scope(const scope&) = delete;
            scope& operator=(const scope&) = delete;
            ~scope() { static_cast<void>(this); }  // so that it is no variable nobody uses
        };

        tracker(System&, const ps::slot_layout&) {}

        static bool supported(System&) noexcept { return note("supported"); }
        // A hook may be noexcept, const or static even if it need not be.
        void set_up(slot_data&, os::address_range) noexcept { note("set_up"); }
        void mapped(slot_data&, os::address_range) const noexcept { note("mapped"); }
        static void acquired(slot_data&) noexcept { note("acquired"); }
        void growing(slot_data&) noexcept { note("growing"); }
        void left(slot_data&) noexcept { note("left"); }
        void resetting(slot_data&) noexcept { note("resetting"); }
        template <class Sink>
        dirty::found collect(slot_data&, dirty::spans of, std::uintptr_t from, std::size_t,
                             Sink&& sink) noexcept {
            return dirty::offer(of, of, from, sink);
        }
        template <class Sink>
        dirty::found recall(slot_data&, dirty::spans, std::uintptr_t, Sink&&) noexcept {
            note("recall");
            return dirty::found::failed();
        }
        void decommitted(slot_data&, os::address_range) noexcept { note("decommitted"); }
        void restored(slot_data&, dirty::spans) noexcept { note("restored"); }
        std::size_t resident(const slot_data&, std::size_t kept) const noexcept {
            note("resident");
            return kept;
        }
        bool overgrown(slot_data&, dirty::spans) noexcept { return !note("overgrown"); }
        void written(slot_data&, os::address_range) noexcept { note("written"); }
        void announce_write(slot_data&) noexcept { note("announce_write"); }
        void announce_population() noexcept { note("announce_population"); }
        void forked() noexcept { note("forked"); }
        void slot_forked(slot_data&) noexcept { note("slot_forked"); }

      private:
        static bool note(const char* name) noexcept {
            called.insert(name);
            return true;
        }
    };
};

/// Using a slot calls each hook of its tracker except those for the child of a fork.
template <class Pool>
void use_a_slot(Pool& pool) {
    const auto image = ps::image::zeroed(64_KiB);
    const auto slot = pool.acquire(image);
    { const auto scope = slot->enter(); }
    slot->written(slot->memory(0).data(), 1);
    slot->announce_write();
    slot->leave();
    REQUIRE(slot->memory(0).grow(64_KiB));
}

/// What is above the budget is decommitted.
using small_budget = ps::budget::per_instance<16_KiB>;

ps::pool_limits one_slot() { return {.slots = 1, .memory = {.maximum = 128_KiB}}; }

/// Whether both hooks of a fork were called in the child.
template <class Pool>
bool child_calls_its_hooks(Pool&) {
    const auto child = ::fork();
    if (child == 0)
        ::_exit(noting::called.count("forked") + noting::called.count("slot_forked") == 2 ? 0 : 1);
    int status = 0;
    return ::waitpid(child, &status, 0) == child && status == 0;
}

const names in_each_use{
    "set_up",     "mapped",    "acquired", "left",           "resetting",           "restored",
    "resident",   "overgrown", "written",  "announce_write", "announce_population", "scope",
    "decommitted"};

/// A tracker that takes over what another has, with its list.
struct derived : dirty::pagemap_scan {
    template <class System>
    class tracker : public dirty::pagemap_scan::tracker<System> {
      public:
        using dirty::pagemap_scan::tracker<System>::tracker;
    };
};

/// A policy may be final; its tracker may not.
struct final_policy final : derived {};

struct of_the_other_role : derived {
    using role = ps::roles::reset;
};

/// A budget that keeps no account, and has no hooks.
struct without_account {
    using role = ps::roles::budget;
    using provided_hooks = ps::provides<>;
    struct account {};
    static std::size_t most_bytes(std::size_t, std::size_t) { return 0; }
    struct purse {
        purse(without_account&, account&) {}
        static std::size_t most() { return 0; }
        static std::size_t take(std::size_t, std::size_t) { return 0; }
        static void put_back(std::size_t, std::size_t) {}
        static constexpr bool next_entity_may_have_more = false;
    };
};

}  // namespace

TEST_CASE("each hook that a tracker lists is called") {
    noting::called.clear();
    ps::instance_pool<noting, small_budget> pool(one_slot());
    use_a_slot(pool);
    pool.announce_population();
    auto expected = in_each_use;
    CHECK(names(noting::called) == [&] {
        // Called once the pool grows slots by it.
        if (noting::called.contains("growing")) expected.insert("growing");
        return expected;
    }());
    CHECK(child_calls_its_hooks(pool));
}

TEST_CASE("first_supported calls each hook of the backend that it chose") {
    noting::called.clear();
    ps::instance_pool<dirty::first_supported<noting, dirty::everything>, small_budget> pool(
        one_slot());
    use_a_slot(pool);
    pool.announce_population();
    for (const auto& name : in_each_use) {
        INFO(name);
        CHECK(noting::called.count(name) == 1);
    }
    CHECK(noting::called.count("supported") == 1);
    CHECK(child_calls_its_hooks(pool));
}

TEST_CASE("a scanner that lists recall is asked by a gate that no fault opened") {
    ps::instance_pool<dirty::fault_gate<noting>> pool(one_slot());
    const auto image = ps::image::zeroed(64_KiB);
    { const auto slot = pool.acquire(image); }
    noting::called.clear();
    for (int round = 0; round < 10 && !noting::called.contains("recall"); ++round)
        const auto slot = pool.acquire(image);
    CHECK(noting::called.count("recall") == 1);
}

TEST_CASE("hooks: growing is passed on to the tracker that lists it") {
    noting::called.clear();
    os::direct_system system;
    const ps::slot_layout layout(one_slot());
    noting::tracker<os::direct_system> tracker(system, layout);
    noting::tracker<os::direct_system>::slot_data slot;
    dirty::hooks::growing(tracker, slot);
    CHECK(noting::called == names{"growing"});

    dirty::everything::tracker<os::direct_system> other(system, layout);
    dirty::everything::tracker<os::direct_system>::slot_data other_slot;
    dirty::hooks::growing(other, other_slot);
    CHECK(noting::called == names{"growing"});
}

TEST_CASE("a policy models its concept by what it lists, what it inherits, and what it wraps") {
    STATIC_REQUIRE(ps::dirty_policy<noting>);
    STATIC_REQUIRE(ps::dirty_policy<derived>);
    STATIC_REQUIRE(ps::dirty_policy<final_policy>);
    STATIC_REQUIRE(ps::dirty_policy<dirty::fault_gate<derived>>);
    STATIC_REQUIRE_FALSE(ps::dirty_policy<dirty::fault_gate<of_the_other_role>>);
    STATIC_REQUIRE_FALSE(ps::dirty_policy<dirty::fault_gate<int>>);
    STATIC_REQUIRE_FALSE(ps::dirty_policy<int>);
    STATIC_REQUIRE(ps::budget_policy<without_account>);
    STATIC_REQUIRE(ps::reset_policy<ps::reset::batched<2, ps::reset::restore>>);
}
