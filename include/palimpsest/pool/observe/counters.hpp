// SPDX-License-Identifier: Apache-2.0
// Counts the events of a pool.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <palimpsest/pool/detail/thread_number.hpp>
#include <palimpsest/pool/observe/event.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::observe {

/// Counts the events of a pool. Choose it for statistics, and for tests that check what a reset
/// did. An event costs a few nanoseconds: threads share 16 sets of counters in different cache
/// lines. Read it with `pool.observer().snapshot()`.
class counters {
  public:
    using role = roles::observe;

    /// Totals since the pool was built.
    struct totals {
        std::uint64_t acquired_warm = 0;
        std::uint64_t acquired_cold = 0;
        std::uint64_t exhausted = 0;
        std::uint64_t resets = 0;  // by a release, or in place
        std::uint64_t pages_restored = 0;
        std::uint64_t bytes_decommitted = 0;
        std::uint64_t remaps = 0;
        std::uint64_t scans = 0;
        std::uint64_t gate_hits = 0;
        std::uint64_t gate_missed_pages = 0;
        std::uint64_t degraded = 0;
        std::uint64_t quarantined = 0;
        std::uint64_t recovered = 0;
        std::uint64_t system_calls = 0;
    };

    void see(const event::acquired& event) noexcept {
        add(event.warm ? &line::acquired_warm : &line::acquired_cold, 1);
    }
    void see(const event::exhausted&) noexcept { add(&line::exhausted, 1); }
    void see(const event::released&) noexcept { add(&line::resets, 1); }
    void see(const event::restored& event) noexcept { add(&line::pages_restored, event.pages); }
    void see(const event::decommitted& event) noexcept {
        add(&line::bytes_decommitted, event.bytes);
    }
    void see(const event::remapped&) noexcept { add(&line::remaps, 1); }
    void see(const event::scanned&) noexcept { add(&line::scans, 1); }
    void see(const event::gate_hit&) noexcept { add(&line::gate_hits, 1); }
    void see(const event::gate_missed_page&) noexcept { add(&line::gate_missed_pages, 1); }
    void see(const event::degraded&) noexcept { add(&line::degraded, 1); }
    void see(const event::quarantined&) noexcept { add(&line::quarantined, 1); }
    void see(const event::recovered&) noexcept { add(&line::recovered, 1); }
    void see(const event::was_reset&) noexcept { add(&line::resets, 1); }
    void see(const event::system_call&) noexcept { add(&line::system_calls, 1); }

    /// The totals so far. Thread-safe; concurrent events on other threads may or may not be
    /// counted.
    totals snapshot() const noexcept {
        totals all;
        for (const auto& one : lines_) {
            all.acquired_warm += read(one.acquired_warm);
            all.acquired_cold += read(one.acquired_cold);
            all.exhausted += read(one.exhausted);
            all.resets += read(one.resets);
            all.pages_restored += read(one.pages_restored);
            all.bytes_decommitted += read(one.bytes_decommitted);
            all.remaps += read(one.remaps);
            all.scans += read(one.scans);
            all.gate_hits += read(one.gate_hits);
            all.gate_missed_pages += read(one.gate_missed_pages);
            all.degraded += read(one.degraded);
            all.quarantined += read(one.quarantined);
            all.recovered += read(one.recovered);
            all.system_calls += read(one.system_calls);
        }
        return all;
    }

  private:
    using count = std::atomic<std::uint64_t>;

    struct alignas(128) line {
        count acquired_warm{0};
        count acquired_cold{0};
        count exhausted{0};
        count resets{0};
        count pages_restored{0};
        count bytes_decommitted{0};
        count remaps{0};
        count scans{0};
        count gate_hits{0};
        count gate_missed_pages{0};
        count degraded{0};
        count quarantined{0};
        count recovered{0};
        count system_calls{0};
    };

    static std::uint64_t read(const count& of) noexcept {
        return of.load(std::memory_order_relaxed);
    }

    void add(count line::*which, std::uint64_t amount) noexcept {
        auto& mine = lines_[detail::thread_number() % lines_.size()];
        (mine.*which).fetch_add(amount, std::memory_order_relaxed);
    }

    std::array<line, 16> lines_;
};

}  // namespace palimpsest::observe
