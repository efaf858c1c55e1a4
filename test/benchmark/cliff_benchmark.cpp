// SPDX-License-Identifier: Apache-2.0
// Measures what a single tenant, image or setting could once make slow for all that follow. Each
// row has its yardstick next to it, in the same run: compare these two, not runs of different
// machines.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstddef>
#include <cstdio>
#include <memory>
#include <palimpsest/pool.hpp>
#include <string>
#include <system_error>
#include <vector>

namespace {

namespace ps = palimpsest;
using namespace ps::literals;

const auto page = ps::os::page_size;

template <class... Policies>
using counted_pool = ps::instance_pool<ps::observe::counters, Policies...>;

void write_page(std::byte* at) { *static_cast<volatile std::byte*>(at) = std::byte{0xff}; }

void write_pages(std::byte* memory, std::size_t pages) {
    for (std::size_t number = 0; number < pages; ++number) write_page(memory + number * page);
}

ps::image filled_image(std::size_t bytes) {
    return ps::image::from_bytes(std::vector<std::byte>(bytes, std::byte{0x5a}));
}

// A tenant that only read.

enum class first_tenant { reads_nothing, reads_all };

/// Resets of a slot whose first tenant read all of a large image, or nothing, and wrote a page.
template <std::size_t Bytes, first_tenant First>
void reset_after_reading(benchmark::State& state) {
    ps::instance_pool<> pool({.slots = 1, .memory = {.maximum = Bytes}});
    static const auto image = filled_image(Bytes);  // once: it takes longer than all rounds
    {
        const auto slot = pool.acquire(image);
        auto* const memory = slot->memory(0).data();
        for (std::size_t at = 0; First == first_tenant::reads_all && at < Bytes; at += page)
            (void)*static_cast<const volatile std::byte*>(memory + at);
        write_page(memory);
    }
    for (int round = 0; round < 64; ++round) (void)pool.acquire(image);
    const auto round = [&] { write_page(pool.acquire(image)->memory(0).data()); };
    for (auto _ : state) round();
}

enum class sparse_tenant { touches_nothing, reads, writes };

/// Resets of a slot of 1 GiB whose first tenant touched a page in each 2 MiB, or none; from the
/// 64th on.
template <sparse_tenant First>
void reset_after_sparse_tenant(benchmark::State& state) {
    ps::instance_pool<> pool({.slots = 1, .memory = {.maximum = 1_GiB}});
    const auto image = ps::image::zeroed(1_GiB);
    {
        const auto slot = pool.acquire(image);
        auto* const memory = slot->memory(0).data();
        for (std::size_t at = 0; at < 1_GiB; at += 2_MiB) {
            if (First == sparse_tenant::reads)
                (void)*static_cast<const volatile std::byte*>(memory + at);
            if (First == sparse_tenant::writes) write_page(memory + at);
        }
    }
    for (int round = 0; round < 64; ++round) (void)pool.acquire(image);
    for (auto _ : state) write_page(pool.acquire(image)->memory(0).data());
}

// Another image in the same slot.

/// A slot of 8 GiB that is given to two images in turn, each of which writes 16 pages.
template <class Dirty>
void image_switch(benchmark::State& state) {
    ps::instance_pool<Dirty> pool({.slots = 1, .memories = 2, .memory = {.maximum = 4_GiB}});
    const ps::image images[] = {filled_image(1_MiB), filled_image(1_MiB)};
    const auto round = [&](std::size_t number) {
        write_pages(pool.acquire(images[number % 2])->memory(0).data(), 16);
    };
    for (std::size_t warm_up = 0; warm_up < 10; ++warm_up) round(warm_up);
    std::size_t number = 0;
    for (auto _ : state) round(number++);
}

// Many memories.

/// Writes a page in each memory; the budget is asked again for each of them.
template <class Budget>
void many_memories(benchmark::State& state) {
    const auto memories = static_cast<std::size_t>(state.range(0));
    ps::instance_pool<Budget> pool(
        {.slots = 1, .memories = memories, .memory = {.maximum = 64_KiB, .guard = 64_KiB}});
    ps::image::builder builder;
    for (std::size_t memory = 0; memory < memories; ++memory) builder.memory(memory, {}, 64_KiB);
    const auto image = builder.build();
    const auto round = [&] {
        const auto slot = pool.acquire(image);
        for (std::size_t memory = 0; memory < memories; ++memory)
            write_pages(slot->memory(memory).data(), 2);
    };
    for (int warm_up = 0; warm_up < 5; ++warm_up) round();
    for (auto _ : state) round();
    using benchmark::Counter;
    state.counters["per_memory"] = Counter(static_cast<double>(memories),
                                           Counter::kIsIterationInvariantRate | Counter::kInvert);
}

/// The same with tables, which lie side by side, so that their dirty pages are one run.
template <class Budget>
void many_tables(benchmark::State& state) {
    const auto tables = static_cast<std::size_t>(state.range(0));
    ps::instance_pool<Budget> pool({.slots = 1,
                                    .memory = {.maximum = 64_KiB, .guard = 64_KiB},
                                    .tables = tables,
                                    .table_elements = 1024});
    const auto image = ps::image::zeroed(64_KiB);
    const auto round = [&] {
        const auto slot = pool.acquire(image);
        for (std::size_t table = 0; table < tables; ++table)
            write_pages(slot->table(table).bytes().data(), 2);
    };
    for (int warm_up = 0; warm_up < 5; ++warm_up) round();
    for (auto _ : state) round();
    using benchmark::Counter;
    state.counters["per_table"] =
        Counter(static_cast<double>(tables), Counter::kIsIterationInvariantRate | Counter::kInvert);
}

// A budget above the idle cap.

/// 16 MiB are written, but only 8 MiB may stay.
template <class... Limits>
void budget_and_cap(benchmark::State& state) {
    counted_pool<Limits...> pool({.slots = 1, .memory = {.maximum = 64_MiB}});
    const auto image = filled_image(16_MiB);
    const auto round = [&] { write_pages(pool.acquire(image)->memory(0).data(), 16_MiB / page); };
    for (int warm_up = 0; warm_up < 3; ++warm_up) round();
    const auto before = pool.observer().snapshot();
    for (auto _ : state) round();
    const auto after = pool.observer().snapshot();
    const auto rounds = static_cast<double>(state.iterations());
    state.counters["restored"] =
        static_cast<double>(after.pages_restored - before.pages_restored) / rounds;
}

// A slot that is kept.

constexpr std::size_t pages_of_request = 1;

template <class Dirty>
void reset_in_place(benchmark::State& state) {
    ps::instance_pool<Dirty> pool({.slots = 1, .memory = {.maximum = 64_MiB}});
    const auto slot = pool.acquire(filled_image(1_MiB));
    bool clean = true;
    const auto round = [&] {
        write_pages(slot->memory(0).data(), pages_of_request);
        clean = slot->reset() && clean;
    };
    for (int warm_up = 0; warm_up < 100; ++warm_up) round();
    for (auto _ : state) round();
    if (!clean) state.SkipWithError("a reset failed");
}

template <class Dirty>
void release_and_acquire(benchmark::State& state) {
    ps::instance_pool<Dirty> pool({.slots = 1, .memory = {.maximum = 64_MiB}});
    const auto image = filled_image(1_MiB);
    const auto round = [&] {
        const auto slot = pool.acquire(image);
        write_pages(slot->memory(0).data(), pages_of_request);
    };
    for (int warm_up = 0; warm_up < 100; ++warm_up) round();
    for (auto _ : state) round();
}

// A guest that grows its memory in each request.

enum class request { only_writes, grows };

template <request Request>
void gated_request(benchmark::State& state) {
    counted_pool<ps::dirty::fault_gate<ps::dirty::pagemap_scan, false>> pool(
        {.slots = 1, .memory = {.maximum = 64_MiB}});
    const auto image = filled_image(1_MiB);
    const auto round = [&] {
        const auto slot = pool.acquire(image);
        write_pages(slot->memory(0).data(), pages_of_request);
        if (Request == request::grows) (void)slot->memory(0).grow(64_KiB);
    };
    for (int warm_up = 0; warm_up < 100; ++warm_up) round();
    const auto before = pool.observer().snapshot().scans;
    for (auto _ : state) round();
    state.counters["scans"] = static_cast<double>(pool.observer().snapshot().scans - before) /
                              static_cast<double>(state.iterations());
}

// What a pool keeps of its slots.

/// Private memory of the process in bytes; 0 if the kernel does not tell.
std::size_t private_bytes() {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> status(std::fopen("/proc/self/status", "r"),
                                                           &std::fclose);
    char line[256];
    std::size_t kilobytes = 0;
    while (status && std::fgets(line, sizeof line, status.get()) != nullptr)
        if (std::sscanf(line, "RssAnon: %zu", &kilobytes) == 1) break;
    return kilobytes * 1024;
}

/// A thousand slots, each used once. Each keeps the page it wrote, which is not bookkeeping.
template <class... Policies>
void bookkeeping(benchmark::State& state) {
    constexpr std::size_t slots = 1000;
    const auto image = ps::image::zeroed(1_MiB);
    std::size_t bytes = 0;
    for (auto _ : state) {
        ::malloc_trim(0);  // otherwise memory freed by earlier benchmarks is reused, uncounted
        const auto before = private_bytes();
        ps::instance_pool<Policies...> pool({.slots = slots, .memory = {.maximum = 64_MiB}});
        {
            std::vector<typename decltype(pool)::slot> all;
            all.reserve(slots);
            while (auto slot = pool.acquire(image)) {
                write_page(slot->memory(0).data());
                all.push_back(std::move(*slot));
            }
        }
        bytes = private_bytes() - before - slots * page;
    }
    state.counters["bytes_a_slot"] = static_cast<double>(bytes) / slots;
}

// An image of more parts than the process may have mappings.

/// Parts that lie apart, so that each needs its own mappings.
ps::image sparse_image(std::size_t parts) {
    const auto apart = 32 * page;
    const std::vector<std::byte> bytes(page, std::byte{0x5a});
    std::vector<ps::segment> segments;
    for (std::size_t part = 0; part < parts; ++part) segments.push_back({part * apart, bytes});
    return ps::image::from_segments(segments, parts * apart);
}

void refused_acquire(benchmark::State& state) {
    ps::instance_pool<> pool({.slots = 1, .memory = {.maximum = 8_GiB}});
    const auto image = sparse_image(static_cast<std::size_t>(state.range(0)));
    std::size_t refused = 0;
    for (auto _ : state) {
        try {
            benchmark::DoNotOptimize(pool.acquire(image));
        } catch (const std::system_error&) {
            ++refused;
        }
    }
    state.counters["refused"] =
        static_cast<double>(refused) / static_cast<double>(state.iterations());
}

using gated = ps::dirty::fault_gate<ps::dirty::pagemap_scan>;

}  // namespace

BENCHMARK(reset_after_reading<64_MiB, first_tenant::reads_nothing>);
BENCHMARK(reset_after_reading<64_MiB, first_tenant::reads_all>);
BENCHMARK(reset_after_reading<512_MiB, first_tenant::reads_nothing>);
BENCHMARK(reset_after_reading<512_MiB, first_tenant::reads_all>);

BENCHMARK(reset_after_sparse_tenant<sparse_tenant::touches_nothing>);
BENCHMARK(reset_after_sparse_tenant<sparse_tenant::reads>);
BENCHMARK(reset_after_sparse_tenant<sparse_tenant::writes>);

BENCHMARK(image_switch<ps::dirty::pagemap_scan>);
BENCHMARK(image_switch<ps::dirty::adaptive<>>);
BENCHMARK(image_switch<ps::dirty::write_protect>);

BENCHMARK(many_memories<ps::budget::per_instance<64_MiB>>)->Arg(100)->Arg(1000);
BENCHMARK(many_memories<ps::budget::per_entity<4_KiB>>)->Arg(100)->Arg(1000);
BENCHMARK(many_tables<ps::budget::per_entity<4_KiB>>)->Arg(100)->Arg(1000);

BENCHMARK(budget_and_cap<ps::budget::per_instance<8_MiB>>);
BENCHMARK(budget_and_cap<ps::budget::unlimited, ps::budget::idle_cap<8_MiB>>);

BENCHMARK(release_and_acquire<ps::dirty::pagemap_scan>);
BENCHMARK(reset_in_place<ps::dirty::pagemap_scan>);
BENCHMARK(release_and_acquire<gated>);
BENCHMARK(reset_in_place<gated>);

BENCHMARK(gated_request<request::only_writes>);
BENCHMARK(gated_request<request::grows>);

BENCHMARK(bookkeeping<>)->Iterations(1);
BENCHMARK(bookkeeping<ps::dirty::fault_gate<ps::dirty::adaptive<>>>)->Iterations(1);

BENCHMARK(refused_acquire)->Arg(1000)->Arg(33'000);

BENCHMARK_MAIN();
