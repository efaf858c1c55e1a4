// SPDX-License-Identifier: Apache-2.0
// What one composition did with one guest on a number of threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace serve {

/// One round; requests and page faults are totals over all threads.
struct round_result {
    double seconds = 0;
    std::uint64_t requests = 0;
    std::uint64_t page_faults = 0;
    std::optional<std::uint64_t> tlb_shootdowns{};
};

inline double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

struct measurement {
    std::string guest;
    std::string composition;
    std::size_t threads = 0;
    std::vector<round_result> rounds{};
    std::size_t idle_resident_bytes = 0;

    double requests_per_second() const {
        return median_of([](const round_result& round) {
            return static_cast<double>(round.requests) / round.seconds;
        });
    }
    double page_faults_per_request() const {
        return median_of([](const round_result& round) {
            return static_cast<double>(round.page_faults) / static_cast<double>(round.requests);
        });
    }
    /// Empty if the kernel does not tell.
    std::optional<double> tlb_shootdowns_per_request() const {
        const auto told = [](const round_result& round) {
            return round.tlb_shootdowns.has_value();
        };
        if (!std::ranges::all_of(rounds, told)) return std::nullopt;
        return median_of([](const round_result& round) {
            return static_cast<double>(*round.tlb_shootdowns) / static_cast<double>(round.requests);
        });
    }

  private:
    template <class Function>
    double median_of(Function value) const {
        std::vector<double> values;
        for (const auto& round : rounds) values.push_back(value(round));
        return median(std::move(values));
    }
};

/// Null if it was not made.
inline const measurement* find(const std::vector<measurement>& all, std::string_view guest,
                               std::string_view composition, std::size_t threads) {
    const auto found = std::ranges::find_if(all, [&](const measurement& each) {
        return each.guest == guest && each.composition == composition && each.threads == threads;
    });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace serve
