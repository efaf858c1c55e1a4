// SPDX-License-Identifier: Apache-2.0
// Your own policy for each role. A policy is a type that names its role and models the role's
// concept (palimpsest/pool/concepts.hpp); the pool takes it like those of the library.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <palimpsest/pool.hpp>
#include <thread>
#include <utility>
#include <vector>

namespace ps = palimpsest;
using namespace ps::literals;

namespace {

// dirty: how dirty pages are found. This one suits an engine whose guests write only to the first
// 64 KiB of a slot, perhaps because their stack is there. It has none of the hooks that a tracker
// may have (pool/dirty/hook.hpp), and says so.
struct first_pages {
    using role = ps::roles::dirty;
    static constexpr bool finds_every_resident_page = true;

    template <class System>
    struct tracker {
        using provided_hooks = ps::provides<>;
        struct slot_data {};

        tracker(System&, const ps::slot_layout&) {}

        template <class Sink>
        ps::dirty::found collect(slot_data&, ps::dirty::spans spans, std::uintptr_t from,
                                 std::size_t, Sink&& sink) noexcept {
            ps::os::address_range pages{spans.front().begin, spans.front().begin + 64_KiB};
            if (from >= pages.end) return ps::dirty::found::all(spans);
            pages.begin = std::max(pages.begin, from);
            const auto accepted = sink(pages);
            if (accepted == pages.pages()) return ps::dirty::found::all(spans);
            return ps::dirty::found::up_to(pages.begin + accepted * ps::os::page_size);
        }
    };
};

// reset: what is done to dirty pages. This one restores, and remaps every thousandth time, to bound
// whatever might add up.
struct fresh_now_and_then {
    using role = ps::roles::reset;
    using provided_hooks = ps::provides<>;  // pool/reset/hook.hpp
    static constexpr bool finds_dirty_pages = true;

    template <ps::resettable_slot Slot>
    static bool reset(Slot& slot) noexcept {
        static thread_local unsigned resets = 0;
        return ++resets % 1000 == 0 ? slot.remap() : slot.restore();
    }
};

// budget: how much one reset may restore. This one allows half as much during the day.
struct less_by_day {
    using role = ps::roles::budget;
    using provided_hooks = ps::provides<>;  // pool/budget/hook.hpp
    struct account {};

    static std::size_t most_bytes(std::size_t, std::size_t slots) { return slots * 2_MiB; }

    class purse {
      public:
        purse(less_by_day&, account&) noexcept
            : left_((is_day() ? 1_MiB : 2_MiB) / ps::os::page_size) {}
        std::size_t most() const noexcept { return left_; }
        std::size_t take(std::size_t, std::size_t pages) noexcept {
            const auto taken = std::min(pages, left_);
            left_ -= taken;
            return taken;
        }
        void put_back(std::size_t, std::size_t pages) noexcept { left_ += pages; }
        static constexpr bool next_entity_may_have_more = false;

      private:
        static bool is_day() noexcept {
            using namespace std::chrono;
            const auto hour = duration_cast<hours>(system_clock::now().time_since_epoch()) % 24h;
            return hour >= 8h && hour < 18h;
        }
        std::size_t left_;
    };
};

// reuse: which free slot is handed out. This one takes the slot that has been free the longest, so
// that a use after release is less likely to go unnoticed.
struct oldest_first {
    using role = ps::roles::reuse;

    class free_list {
      public:
        static constexpr std::size_t stages = 1;
        explicit free_list(std::size_t slots) { slots_.reserve(slots); }

        void put(std::size_t slot, std::uint64_t) noexcept { slots_.push_back(slot); }
        std::optional<std::size_t> take(std::uint64_t, std::size_t) noexcept {
            if (slots_.empty()) return std::nullopt;
            const auto oldest = slots_.front();
            slots_.erase(slots_.begin());
            return oldest;
        }
        // Only a warm limit needs these. A list that does not tell warm slots from cold ones has
        // none.
        std::optional<std::size_t> oldest_warm() const noexcept { return std::nullopt; }
        std::optional<std::size_t> take_oldest_warm() noexcept { return std::nullopt; }

      private:
        std::vector<std::size_t> slots_;
    };
};

// growth: how a memory grows. Here by 1 MiB at a time, so that a guest that grows page by page
// makes few system calls.
struct by_the_megabyte {
    using role = ps::roles::growth;

    template <ps::growable_memory Memory>
    static bool grow(Memory& memory, std::size_t wanted) noexcept {
        if (memory.accessible() >= wanted) return true;
        return memory.open_to(std::min((wanted + 1_MiB - 1) & ~(1_MiB - 1), memory.maximum()));
    }
    template <ps::growable_memory Memory>
    static bool put_back(Memory&, std::size_t) noexcept {
        return true;  // the engine checks bounds; what is open stays open
    }
};

// observe: who is told. This one prints what should never happen, and counts resets.
struct complain {
    using role = ps::roles::observe;

    int resets = 0;

    void see(const ps::event::released&) noexcept { ++resets; }
    void see(const ps::event::quarantined& event) noexcept {
        (void)std::fprintf(stderr, "slot %zu could not be cleaned\n", event.slot);
    }
    template <class Event>
    void see(const Event&) noexcept {}
};

// idle_cap and warm_limit: numbers.
struct small_idle_cap {
    using role = ps::roles::idle_cap;
    static constexpr std::size_t bytes = 256_KiB;
};
struct few_warm_slots {
    using role = ps::roles::warm_limit;
    static constexpr std::size_t slots = 2;
};

// threading: how threads share the free slots. Here in two lists, each behind a spin lock.
struct two_spinning_lists {
    using role = ps::roles::threading;

    class mutex {
      public:
        void lock() noexcept {
            while (taken_.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
        }
        void unlock() noexcept { taken_.clear(std::memory_order_release); }

      private:
        std::atomic_flag taken_;
    };

    static std::size_t shards(std::size_t) noexcept { return 2; }
    static std::size_t home(std::size_t) noexcept {
        return std::hash<std::thread::id>()(std::this_thread::get_id()) % 2;
    }
};

// system: runs the system calls. This one counts them.
struct counted_calls {
    using role = ps::roles::system;
    static inline std::atomic<std::size_t> made{0};

    template <ps::os::Call Which, class... Arguments>
    auto operator()(Which call, Arguments&&... arguments) const noexcept {
        ++made;
        return call(std::forward<Arguments>(arguments)...);
    }
};

}  // namespace

int main() {
    ps::instance_pool<first_pages, fresh_now_and_then, less_by_day, oldest_first, by_the_megabyte,
                      complain, small_idle_cap, few_warm_slots, two_spinning_lists, counted_calls>
        pool{{.slots = 3, .memory = {.maximum = 4_MiB, .guard_before = 0}}};
    const auto image = ps::image::zeroed(64_KiB);

    bool clean = true;
    for (std::size_t request = 0; request < 3000; ++request) {
        const auto slot = pool.acquire(image);
        auto& first = slot->memory(0).bytes()[request % 60'000];
        clean = clean && first == std::byte{0};
        first = std::byte{1};
    }
    std::printf("%d resets, %zu system calls, %s\n", pool.observer().resets,
                counted_calls::made.load(), clean ? "all clean" : "not clean");
    return clean && pool.observer().resets == 3000 ? 0 : 1;
}
