// SPDX-License-Identifier: Apache-2.0
// What the kernel counted while a benchmark ran: page faults of its threads, and TLB shootdowns of
// the machine, each for one iteration.
#pragma once

#include <benchmark/benchmark.h>

#include <cctype>
#include <cstdint>
#include <fstream>
#include <palimpsest/os/page_faults.hpp>
#include <sstream>
#include <string>

/// TLB shootdowns since the machine started, over all processors; 0 where the kernel does not say.
inline std::uint64_t tlb_shootdowns() {
    std::ifstream interrupts("/proc/interrupts");
    for (std::string line; std::getline(interrupts, line);) {
        std::istringstream words(line);
        std::string name;
        words >> name;
        if (name != "TLB:") continue;
        std::uint64_t sum = 0;
        for (std::uint64_t count = 0; words >> count;) sum += count;
        return sum;
    }
    return 0;
}

/// Counts from its construction to its destruction, for the current thread.
class machine_counters {
  public:
    explicit machine_counters(benchmark::State& state) : state_(state) {
        if (counts_machine()) shootdowns_ = tlb_shootdowns();
        faults_ = palimpsest::os::count_page_faults{}().value;
    }
    machine_counters(const machine_counters&) = delete;
    machine_counters& operator=(const machine_counters&) = delete;
    ~machine_counters() {
        report("faults", palimpsest::os::count_page_faults{}().value - faults_);
        if (counts_machine()) report("shootdowns", tlb_shootdowns() - shootdowns_);
    }

  private:
    bool counts_machine() const { return state_.thread_index() == 0; }

    void report(const char* name, std::uint64_t count) {
        state_.counters[name] =
            benchmark::Counter(static_cast<double>(count), benchmark::Counter::kAvgIterations);
    }

    benchmark::State& state_;
    std::uint64_t faults_ = 0;
    std::uint64_t shootdowns_ = 0;
};
