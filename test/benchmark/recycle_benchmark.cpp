// SPDX-License-Identifier: Apache-2.0
// How long it takes to recycle a slot, for several compositions of the pool.
//
// Each round is measured whole: acquire a slot, touch some of its pages, release it. Compare only
// figures of the same run: machines differ, as does the same machine from day to day.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <palimpsest/os/page_faults.hpp>
#include <palimpsest/pool.hpp>
#include <string>
#include <vector>

#include "machine_counters.hpp"

namespace {

namespace ps = palimpsest;
using namespace ps::literals;

constexpr std::size_t memory_bytes = 64_MiB;
constexpr std::size_t image_bytes = 1_MiB;
constexpr std::size_t threads_at_most = 2;

using no_idle_cap = ps::budget::idle_cap<ps::budget::no_limit>;

template <class... Dirty>
using unbounded =
    ps::instance_pool<Dirty..., ps::reset::restore, ps::budget::unlimited, no_idle_cap>;

// The compositions that are compared. Their names are those of the benchmarks.
struct decommit {
    static constexpr const char* name = "decommit";
    using pool = ps::instance_pool<ps::reset::decommit>;
};
struct restore_scan {
    static constexpr const char* name = "restore_scan";
    using pool = unbounded<ps::dirty::pagemap_scan>;
};
struct restore_gated {
    static constexpr const char* name = "restore_gated";
    using pool = unbounded<ps::dirty::fault_gate<ps::dirty::pagemap_scan>>;
};
struct restore_write_protect {
    static constexpr const char* name = "restore_write_protect";
    using pool = unbounded<ps::dirty::write_protect>;
};
struct adaptive {
    static constexpr const char* name = "adaptive";
    using pool = unbounded<ps::dirty::adaptive<>>;
};
struct gated_adaptive {
    static constexpr const char* name = "gated_adaptive";
    using pool = unbounded<ps::dirty::fault_gate<ps::dirty::adaptive<>>>;
};

const std::vector<std::byte>& image_contents() {
    static const std::vector<std::byte> bytes = [] {
        std::vector<std::byte> filled(image_bytes);
        for (std::size_t at = 0; at < filled.size(); ++at)
            filled[at] = static_cast<std::byte>(at % 251 + 1);
        return filled;
    }();
    return bytes;
}

const ps::image& image() {
    static const ps::image one = [] {
        const ps::segment whole{0, image_contents()};
        return ps::image::from_segments({&whole, 1}, memory_bytes);
    }();
    return one;
}

/// The pool of a composition, for all threads, made again for each benchmark so that none finds
/// what another left resident.
template <class Composition>
class shared_pool {
  public:
    static void make(const benchmark::State&) {
        (void)image();
        one() = std::make_unique<typename Composition::pool>(
            ps::pool_limits{.slots = threads_at_most,
                            .memory = {.maximum = memory_bytes},
                            .tables = 1,
                            .table_elements = 1000,
                            .state = 4_KiB});
    }
    static void drop(const benchmark::State&) { one().reset(); }
    static typename Composition::pool& get() { return *one(); }

  private:
    static std::unique_ptr<typename Composition::pool>& one() {
        static std::unique_ptr<typename Composition::pool> pool;
        return pool;
    }
};

/// Writes a byte to each of `pages` pages, evenly spread over `bytes`, which makes as many separate
/// runs of dirty pages as possible.
void touch(std::byte* memory, std::size_t pages, std::size_t bytes) {
    const auto step = bytes / pages;
    for (std::size_t page = 0; page < pages; ++page) {
        auto* const at = memory + page * step;
        *static_cast<volatile std::byte*>(at) = std::byte{0xff};
    }
}

template <class Composition>
void recycle(benchmark::State& state, std::size_t pages) {
    auto& pool = shared_pool<Composition>::get();
    const auto round = [&] {
        auto slot = pool.acquire(image());
        touch(slot->memory(0).data(), pages, image_bytes);
    };
    for (int warm_up = 0; warm_up < 100; ++warm_up) round();
    const machine_counters counters(state);
    for (auto _ : state) round();
}

/// Instead of acquire and release, only copies the same pages: the bound for any reset by copying.
/// With `Touch` the round is complete, like the others: the guest touches its pages first. Without
/// it, only the copies are measured.
template <bool Touch>
void memcpy_floor(benchmark::State& state, std::size_t pages) {
    const auto step = image_bytes / pages;
    std::vector<std::byte> memory(image_bytes);
    const auto& source = image_contents();
    const machine_counters counters(state);
    for (auto _ : state) {
        if constexpr (Touch) touch(memory.data(), pages, image_bytes);
        for (std::size_t page = 0; page < pages; ++page)
            std::memcpy(&memory[page * step], &source[page * step], ps::os::page_size);
        benchmark::ClobberMemory();
    }
}

/// The first instance makes `resident` pages resident, and each that comes rewrites `rewritten` of
/// them: a language runtime that was started once and serves requests.
template <class Composition>
void resident(benchmark::State& state, std::size_t pages, std::size_t rewritten) {
    auto& pool = shared_pool<Composition>::get();
    const auto bytes = pages * ps::os::page_size;
    touch(pool.acquire(image())->memory(0).data(), pages, bytes);
    const auto round = [&] {
        auto slot = pool.acquire(image());
        touch(slot->memory(0).data(), rewritten, bytes);
    };
    for (int warm_up = 0; warm_up < 100; ++warm_up) round();
    const machine_counters counters(state);
    for (auto _ : state) round();
}

template <class Composition>
void acquire_release(benchmark::State& state) {
    auto& pool = shared_pool<Composition>::get();
    for (int warm_up = 0; warm_up < 100; ++warm_up) (void)pool.acquire(image());
    const machine_counters counters(state);
    for (auto _ : state) benchmark::DoNotOptimize(pool.acquire(image()));
}

/// One call that counts page faults: the floor of a gated reset.
void getrusage_call(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(ps::os::count_page_faults{}());
}

/// Gives back what `slots` slots have touched, 16 pages each, in one vectored call, or in one call
/// per slot.
template <class Reset>
void decommit_batch(benchmark::State& state, std::size_t slots) {
    ps::instance_pool<Reset> pool({.slots = slots, .memory = {.maximum = memory_bytes}});
    using slot = typename decltype(pool)::slot;
    std::vector<slot> taken;
    taken.reserve(slots);
    for (auto _ : state) {
        state.PauseTiming();
        for (std::size_t number = 0; number < slots; ++number) {
            taken.push_back(*pool.acquire(image()));
            touch(taken.back().memory(0).data(), 16, image_bytes);
        }
        state.ResumeTiming();
        taken.clear();
    }
}

constexpr int page_counts[] = {1, 4, 16, 64, 256};

std::string pages_named(int pages) { return "/pages:" + std::to_string(pages); }

template <class Composition>
void register_recycle() {
    for (const int threads : {1, 2})
        for (const int pages : page_counts)
            benchmark::RegisterBenchmark(
                ("recycle/" + std::string(Composition::name) + pages_named(pages)).c_str(),
                [pages](benchmark::State& state) {
                    recycle<Composition>(state, static_cast<std::size_t>(pages));
                })
                ->Threads(threads)
                ->Setup(shared_pool<Composition>::make)
                ->Teardown(shared_pool<Composition>::drop);
}

template <bool Touch>
void register_memcpy(const std::string& name) {
    for (const int threads : {1, 2})
        for (const int pages : page_counts)
            benchmark::RegisterBenchmark(("recycle/" + name + pages_named(pages)).c_str(),
                                         [pages](benchmark::State& state) {
                                             memcpy_floor<Touch>(state,
                                                                 static_cast<std::size_t>(pages));
                                         })
                ->Threads(threads);
}

template <class Composition>
void register_resident() {
    for (const int pages : {256, 2560})
        for (const int rewritten : {1, 16, 64, 256})
            benchmark::RegisterBenchmark(
                ("resident/" + std::string(Composition::name) +
                 "/resident:" + std::to_string(pages) + "/rewritten:" + std::to_string(rewritten))
                    .c_str(),
                [=](benchmark::State& state) {
                    resident<Composition>(state, static_cast<std::size_t>(pages),
                                          static_cast<std::size_t>(rewritten));
                })
                ->Setup(shared_pool<Composition>::make)
                ->Teardown(shared_pool<Composition>::drop);
}

template <class Composition>
void register_acquire_release() {
    benchmark::RegisterBenchmark(("acquire_release/" + std::string(Composition::name)).c_str(),
                                 acquire_release<Composition>)
        ->Setup(shared_pool<Composition>::make)
        ->Teardown(shared_pool<Composition>::drop);
}

template <std::size_t Slots>
void register_decommit_batch() {
    const auto name = "decommit_batch/" + std::to_string(Slots);
    benchmark::RegisterBenchmark((name + "/vectored").c_str(), [](benchmark::State& state) {
        decommit_batch<ps::reset::batched<Slots>>(state, Slots);
    });
    benchmark::RegisterBenchmark((name + "/one_by_one").c_str(), [](benchmark::State& state) {
        decommit_batch<ps::reset::decommit>(state, Slots);
    });
}

template <class... Compositions>
void register_all() {
    (register_recycle<Compositions>(), ...);
    register_memcpy<true>("memcpy_floor");
    register_memcpy<false>("memcpy_alone");
    (register_resident<Compositions>(), ...);
    benchmark::RegisterBenchmark("acquire_release/getrusage", getrusage_call);
    (register_acquire_release<Compositions>(), ...);
    register_decommit_batch<1>();
    register_decommit_batch<8>();
    register_decommit_batch<64>();
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    register_all<decommit, restore_scan, restore_gated, restore_write_protect, adaptive,
                 gated_adaptive>();
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
