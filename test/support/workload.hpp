// SPDX-License-Identifier: Apache-2.0
// What goes on in a pool: slots are acquired, written, compared and released, at random.

#pragma once

#include <palimpsest/pool.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/tenant.hpp"

namespace palimpsest::test {

inline constexpr pool_limits workload_limits(std::size_t slots) {
    return {.slots = slots,
            .memories = 1,
            .memory = {.maximum = 128 << 10U, .guard = 64 << 10U},
            .tables = 1,
            .table_elements = 600,
            .state = 5'000};
}

struct start {
    contents holds;
    image from;
};

inline std::vector<start> make_starts(std::size_t count, random_source& random) {
    std::vector<start> starts;
    while (starts.size() < count) {
        auto holds = random_contents(random, {5'000, 4'800, 100'000});
        auto from = image_of(holds, 1);
        starts.push_back({std::move(holds), std::move(from)});
    }
    return starts;
}

/// An instance on a thread.
template <class Pool>
class running_instance {
  public:
    running_instance(Pool& pool, typename Pool::slot slot, const start& from)
        : pool_(&pool), slot_(std::move(slot)), expected_(from.holds) {}

    std::string compare() const { return difference(view_of(slot_, pool_->layout()), expected_); }

    void grow_and_write(random_source& random, std::byte stamp) {
        const auto memory = slot_.memory(0);
        (void)memory.grow(pick(random, 0, memory.maximum() - memory.size()) / 2);
        writes done;
        scribble(view_of(slot_, pool_->layout()), expected_, random, stamp, done);
        for (const auto& bytes : done) slot_.written(bytes.data(), bytes.size());
    }

    const typename Pool::slot& slot() const { return slot_; }

  private:
    Pool* pool_;
    typename Pool::slot slot_;
    contents expected_;
};

/// `rounds` instances one after the other, now and then two at a time.
template <class Pool>
std::string work_at_random(Pool& pool, const std::vector<start>& starts, std::uint64_t seed,
                           std::size_t rounds) {
    random_source random(seed);
    const auto stamp = static_cast<std::byte>(seed % 250 + 1);
    std::vector<running_instance<Pool>> running;
    while (rounds > 0) {
        if (running.size() < pick(random, 1, 2)) {
            const auto& from = starts[pick(random, 0, starts.size() - 1)];
            if (auto slot = pool.acquire(from.from)) {
                running.emplace_back(pool, std::move(*slot), from);
                --rounds;
                if (auto wrong = running.back().compare(); !wrong.empty()) return "found " + wrong;
                running.back().grow_and_write(random, stamp);
                continue;
            }
        }
        if (running.empty()) continue;
        if (auto wrong = running.front().compare(); !wrong.empty()) return "lost " + wrong;
        running.erase(running.begin());
    }
    return {};
}

}  // namespace palimpsest::test
