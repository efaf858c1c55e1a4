// SPDX-License-Identifier: Apache-2.0
// The cost of images with unusual shapes: pages that lie far apart, and a great many runs.
//
// Each row compares itself with something measured in the same run, with a counter that works on
// any machine:
//   sparse_image/...   peak_per_content: memory taken at the peak, by what the image holds. Set
//                      /sys/kernel/mm/transparent_hugepage/enabled to "always" for the worst case.
//   one_dirty_page/... last_per_first: resetting a slot whose last page was written, by one whose
//                      first page was.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <palimpsest/pool.hpp>
#include <string>
#include <vector>

namespace {

namespace ps = palimpsest;
using namespace ps::literals;

/// An image with one byte in a page every `step` bytes.
ps::image scattered_image(std::size_t span, std::size_t step) {
    static const std::vector<std::byte> byte(1, std::byte{7});
    std::vector<ps::segment> segments;
    for (std::size_t at = 0; at < span; at += step) segments.push_back({at, byte});
    return ps::image::from_segments(segments, span);
}

// Memory.

std::size_t peak_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmHWM:", 0) == 0)
            return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
    return 0;
}
void reset_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

/// Makes an image again and again; each is dropped before the next.
template <class Make>
void memory_of_making(benchmark::State& state, Make&& make) {
    std::size_t peak = 0;
    std::size_t content = 0;
    for (auto _ : state) {
        state.PauseTiming();
        reset_peak();
        const auto before = peak_bytes();
        state.ResumeTiming();
        const auto image = make();
        state.PauseTiming();
        peak = std::max(peak, peak_bytes() - before);
        content = image.stored_bytes();
        state.ResumeTiming();
    }
    state.counters["content"] = static_cast<double>(content);
    state.counters["peak"] = static_cast<double>(peak);
    state.counters["peak_per_content"] =
        static_cast<double>(peak) / static_cast<double>(std::max<std::size_t>(content, 1));
}

constexpr std::size_t sparse_span = 4_GiB;
constexpr std::size_t sparse_step = 2_MiB;

void sparse_from_segments(benchmark::State& state) {
    memory_of_making(state, [] { return scattered_image(sparse_span, sparse_step); });
}

void sparse_capture(benchmark::State& state) {
    ps::instance_pool<> pool({.slots = 1, .memory = {.maximum = sparse_span}});
    const auto slot = pool.acquire(ps::image::zeroed(sparse_span));
    for (std::size_t at = 0; at < sparse_span; at += sparse_step)
        slot->memory(0).bytes()[at] = std::byte{1};
    memory_of_making(state, [&] { return ps::image::capture(*slot); });
}

// Time.

/// Slots of a separate pool, so that a reset restores only the page of this round.
class recycled {
  public:
    recycled(const ps::image& image, std::size_t bytes, std::size_t written)
        : pool_({.slots = 1, .memory = {.maximum = bytes}}), image_(image), written_(written) {}

    /// Nanoseconds for one instance that writes its one page, the least so far.
    double least() const { return least_; }

    void run() {
        const auto begin = std::chrono::steady_clock::now();
        {
            const auto slot = pool_.acquire(image_);
            slot->memory(0).bytes()[written_] = std::byte{1};
        }
        const std::chrono::duration<double, std::nano> taken =
            std::chrono::steady_clock::now() - begin;
        least_ = std::min(least_, taken.count());
    }

  private:
    ps::instance_pool<> pool_;
    const ps::image& image_;
    std::size_t written_;
    double least_ = 1e12;
};

/// An image in which every other page is a run.
void one_dirty_page(benchmark::State& state) {
    const auto runs = static_cast<std::size_t>(state.range(0));
    const auto bytes = runs * 2 * ps::os::page_size;
    const auto image = scattered_image(bytes, 2 * ps::os::page_size);
    recycled first(image, bytes, 0);
    recycled last(image, bytes, bytes - ps::os::page_size);
    for (auto _ : state) {
        first.run();
        last.run();
    }
    state.counters["first_ns"] = first.least();
    state.counters["last_ns"] = last.least();
    state.counters["last_per_first"] = last.least() / first.least();
}

BENCHMARK(sparse_from_segments)->Name("sparse_image/from_segments")->Iterations(5);
BENCHMARK(sparse_capture)->Name("sparse_image/capture")->Iterations(5);
BENCHMARK(one_dirty_page)->Name("one_dirty_page/runs")->Arg(1)->Arg(1'024)->Arg(32'768);

}  // namespace

BENCHMARK_MAIN();
