// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <sys/mman.h>

#include <csetjmp>
#include <csignal>

#include <catch2/catch.hpp>

#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;
using ps::entity_kind;

namespace {

using pool_type = ps::instance_pool<ps::reset::decommit>;

ps::pool_limits limits() {
    return {.slots = 2,
            .memories = 2,
            .memory = {.maximum = 64_KiB, .guard = 64_KiB, .guard_before = 16_KiB},
            .tables = 2,
            .table_elements = 512,
            .state = 4_KiB};
}

bool is(const std::optional<ps::location>& found, std::size_t slot, entity_kind kind,
        std::size_t entity, std::size_t offset, bool before = false) {
    return found && found->slot == slot && found->kind == kind && found->entity == entity &&
           found->offset == offset && found->before == before;
}

// What the handler of a fault found out.
const pool_type* asked = nullptr;
std::optional<ps::location> faulted_at;
std::jmp_buf behind_the_fault;

void on_fault(int, siginfo_t* fault, void*) {
    faulted_at = asked->locate(fault->si_addr);
    std::longjmp(behind_the_fault, 1);
}

}  // namespace

TEST_CASE("locate tells slot, entity and offset of every part of a slot") {
    const auto image = ps::image::zeroed(test::pages(1));
    pool_type pool(limits());
    for (int count = 0; count < 2; ++count) {
        const auto first = pool.acquire(image);
        const auto slot = pool.acquire(image);
        for (const auto* one : {&*first, &*slot}) {
            const auto at = one->index();
            CHECK(is(pool.locate(one->state().data()), at, entity_kind::state, 0, 0));
            CHECK(is(pool.locate(one->state().data() + 4095), at, entity_kind::state, 0, 4095));
            for (const std::size_t index : {0U, 1U}) {
                const auto* const table = one->table(index).data();
                CHECK(is(pool.locate(table), at, entity_kind::table, index, 0));
                CHECK(is(pool.locate(table + 4095), at, entity_kind::table, index, 4095));
                const auto* const memory = one->memory(index).data();
                CHECK(is(pool.locate(memory), at, entity_kind::memory, index, 0));
                // Not accessible yet, but still part of the memory.
                CHECK(is(pool.locate(memory + 64_KiB - 1), at, entity_kind::memory, index,
                         64_KiB - 1));
                CHECK(is(pool.locate(memory + 64_KiB), at, entity_kind::guard, index, 64_KiB));
                CHECK(is(pool.locate(memory + 128_KiB - 1), at, entity_kind::guard, index,
                         128_KiB - 1));
                CHECK(is(pool.locate(memory - 1), at, entity_kind::guard, index, 1, true));
                CHECK(
                    is(pool.locate(memory - 16_KiB), at, entity_kind::guard, index, 16_KiB, true));
            }
        }
    }
}

TEST_CASE("locate knows nothing of addresses outside of the pool") {
    pool_type pool(limits());
    const int here = 0;
    CHECK_FALSE(pool.locate(&here));
    CHECK_FALSE(pool.locate(nullptr));
    const auto image = ps::image::zeroed(1);
    const auto first = pool.acquire(image);
    const auto second = pool.acquire(image);
    const auto& lowest = first->index() == 0 ? *first : *second;
    const auto& highest = first->index() == 0 ? *second : *first;
    const auto* const begin = lowest.state().data() - 16_KiB;  // the guard before all slots
    const auto* const end = highest.memory(1).data() + 128_KiB;
    CHECK(pool.locate(end - 1));
    CHECK_FALSE(pool.locate(end));
    CHECK_FALSE(pool.locate(begin - 1));
    CHECK_FALSE(pool.locate(begin));
    CHECK(pool.locate(lowest.state().data()));
}

TEST_CASE("locate works in the handler of a fault") {
    pool_type pool(limits());
    const auto slot = pool.acquire(ps::image::zeroed(test::pages(1)));
    asked = &pool;
    faulted_at.reset();
    struct sigaction handler {};
    struct sigaction before {};
    handler.sa_sigaction = on_fault;
    handler.sa_flags = SA_SIGINFO | SA_NODEFER;
    REQUIRE(::sigaction(SIGSEGV, &handler, &before) == 0);
    const auto* const beyond = slot->memory(0).data() + test::pages(1) + 40;
    if (setjmp(behind_the_fault) == 0) (void)*static_cast<const volatile std::byte*>(beyond);
    REQUIRE(::sigaction(SIGSEGV, &before, nullptr) == 0);
    CHECK(is(faulted_at, slot->index(), entity_kind::memory, 0, test::pages(1) + 40));
}
