// SPDX-License-Identifier: Apache-2.0
// Threads that do the same, and what went wrong on them: Catch2's assertions are for one thread.

#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace palimpsest::test {

/// Runs `work(number)` on several threads at once. Returns the first complaint that is not empty.
template <class Work>
std::string run_crew(std::size_t threads, Work&& work) {
    std::mutex mutex;
    std::string complaint;
    std::vector<std::thread> crew;
    for (std::size_t number = 0; number < threads; ++number) {
        crew.emplace_back([&, number] {
            const std::string mine = work(number);
            const std::scoped_lock lock(mutex);
            if (complaint.empty()) complaint = mine;
        });
    }
    for (auto& one : crew) one.join();
    return complaint;
}

}  // namespace palimpsest::test
