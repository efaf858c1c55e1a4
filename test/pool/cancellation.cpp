// SPDX-License-Identifier: Apache-2.0
// A thread that is cancelled inside the library goes on, and ends at its own cancellation point.

#include <palimpsest/os/mapping_count.hpp>
#include <palimpsest/pool.hpp>

#include <pthread.h>
#include <time.h>

#include <catch2/catch.hpp>

#include <atomic>
#include <string>

#include "support/child.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"
#include "support/sanitizer.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<ps::observe::counters>;

ps::pool_limits limits() {
    return {.slots = 2, .memory = {.maximum = 1_MiB, .guard = 64_KiB}, .state = 4_KiB};
}

/// Runs `work` in a thread that is cancelled before it begins, and ends at its own cancellation
/// point afterwards.
template <class Work>
std::string complaint_of_cancelled(Work&& work) {
    struct task {
        Work& work;
        std::atomic<bool> may_begin{false};
        bool ended = false;
    } given{work};
    pthread_t thread{};
    const auto run = [](void* argument) -> void* {
        auto& mine = *static_cast<task*>(argument);
        while (!mine.may_begin) continue;
        mine.work();
        mine.ended = true;
        ::pthread_testcancel();
        return nullptr;
    };
    if (::pthread_create(&thread, nullptr, run, &given) != 0) return "no thread";
    ::pthread_cancel(thread);
    given.may_begin = true;
    void* result = nullptr;
    ::pthread_join(thread, &result);
    if (!given.ended) return "the thread ended within the library";
    return result == PTHREAD_CANCELED ? "" : "the thread was not cancelled";
}

/// The same in a child, since a failure terminates the process.
template <class Work>
std::string complaint_of_cancelled_child(Work&& work) {
    return test::child([&] { return complaint_of_cancelled(work); }).wait();
}

}  // namespace

TEST_CASE("no call of os is a cancellation point") {
    CHECK(complaint_of_cancelled_child([] {
              const ps::os::descriptor file(ps::os::create_memory_file{}("test").value);
              (void)ps::os::write_file{}(file.get(), test::pattern(100), 0);
              (void)ps::os::resize_file{}(file.get(), ps::os::page_size);
              (void)ps::os::seal_file{}(file.get());
              const ps::os::descriptor pagemap(ps::os::open_pagemap{}().value);
              std::array<ps::os::pagemap_word, 1> word;
              (void)ps::os::read_pagemap{}(pagemap.get(), 0, word);
              const ps::os::descriptor clear(ps::os::open_clear_refs{}().value);
              (void)ps::os::clear_soft_dirty{}(clear.get());
              const ps::os::descriptor tracker(ps::os::open_write_tracker{}().value);
              const ps::os::descriptor process(ps::os::open_own_process{}().value);
              (void)ps::os::count_page_faults{}();
              (void)ps::os::count_mappings{}();
              (void)ps::os::most_mappings{}();
              const ps::os::mapping memory(ps::os::reserve{}(ps::os::page_size).value);
              (void)ps::os::make_accessible{}(memory.range());
              (void)ps::os::decommit{}(memory.range());
          }).empty());
}

TEST_CASE(
    "a thread that is cancelled builds, acquires, captures, drops and releases all the same") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    CHECK(complaint_of_cancelled_child([] {
              pool_type pool(limits());
              for (int time = 0; time < 3; ++time) {
                  // The slot held the last image there was of the one before.
                  auto slot = pool.acquire(ps::image::from_bytes(test::pattern(10)));
                  test::write_pages(slot->state().bytes(), 0, 1);
                  (void)ps::image::capture(*slot);
              }
          }).empty());
}

TEST_CASE("a gate that verifies itself complains in a thread that is cancelled") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    CHECK(complaint_of_cancelled_child([] {
              ps::instance_pool<ps::dirty::fault_gate<ps::dirty::pagemap_scan, true>> pool(
                  limits());
              const auto image = ps::image::zeroed(1_MiB);
              (void)pool.acquire(image);
              const auto slot = pool.acquire(image);
              pthread_t other{};
              const auto write = [](void* page) -> void* {
                  *static_cast<volatile std::byte*>(page) = std::byte{1};
                  return nullptr;
              };
              ::pthread_create(&other, nullptr, write, slot->memory(0).data());
              int state = 0;
              ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
              ::pthread_join(other, nullptr);
              ::pthread_setcancelstate(state, nullptr);
          }).empty());
}

TEST_CASE("threads that are cancelled at any time leave a pool that works") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    PALIMPSEST_SKIP_UNLESS(!test::thread_sanitizer,
                           "it does not know of threads that are cancelled");
    const auto complaint =
        test::child([]() -> std::string {
            pool_type pool(limits());
            struct task {
                pool_type& pool;
                std::atomic<std::size_t> rounds{0};
            } given{pool};
            const auto run = [](void* argument) -> void* {
                auto& mine = *static_cast<task*>(argument);
                for (;; ++mine.rounds) {
                    {
                        auto slot = mine.pool.acquire(ps::image::from_bytes(test::pattern(10)));
                        test::write_pages(slot->memory(0).bytes(), 0, 1);
                        (void)ps::image::capture(*slot);
                    }
                    ::pthread_testcancel();
                }
            };
            for (int time = 0; time < 50; ++time) {
                pthread_t thread{};
                given.rounds = 0;
                if (::pthread_create(&thread, nullptr, run, &given) != 0) return "no thread";
                while (given.rounds == 0) continue;
                const timespec moment{0, 37'000 * time};
                ::nanosleep(&moment, nullptr);
                ::pthread_cancel(thread);
                void* result = nullptr;
                ::pthread_join(thread, &result);
                if (result != PTHREAD_CANCELED) return "a thread was not cancelled";
            }
            const auto one = pool.acquire(ps::image::from_bytes(test::pattern(100)));
            const auto two = pool.acquire(ps::image::zeroed(1_MiB));
            if (!one || !two) return "a slot was lost";
            return test::equal(one->memory(0).bytes(), test::pattern(100)) ? "" : "wrong contents";
        }).wait();
    CHECK(complaint.empty());
}
