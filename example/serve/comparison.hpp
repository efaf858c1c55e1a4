// SPDX-License-Identifier: Apache-2.0
// Measures one guest over the chosen compositions, in rounds.
//
// Every round visits each composition, so that a machine that slows down meanwhile slows all of
// them. The threads live through all rounds and go from stage to stage together:
//
//   thread:   warm up | wait          | serve | wait                          | warm up | ...
//   main:     wait    | read counters | wait  | read counters, note the round | wait
#pragma once

#include <algorithm>
#include <array>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "compositions.hpp"
#include "counters.hpp"
#include "measurement.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "server.hpp"

namespace serve {

template <class Guest>
class comparison {
    template <class Composition>
    using maybe_server = std::optional<server<Composition, Guest>>;
    using servers = all_compositions::wrapped<maybe_server>;
    using clock = std::chrono::steady_clock;

  public:
    /// Throws, naming the composition, if one is not available on this machine.
    comparison(const options& wanted, const std::vector<exchange>& exchanges, std::size_t threads)
        : wanted_(wanted),
          exchanges_(exchanges),
          threads_(threads),
          stage_(static_cast<std::ptrdiff_t>(threads) + 1),
          shares_(threads) {
        for_each_composition([&]<std::size_t Number>() {
            if (wanted.wants_composition(all_compositions::names[Number])) {
                build<Number>(wanted.slots);
            }
        });
    }

    /// Rethrows what a thread threw.
    std::vector<measurement> run(progress& shown) {
        {
            std::vector<std::jthread> workers;
            start(workers);
            direct(shown);
        }
        for (const auto& each : shares_) {
            if (each.failure) std::rethrow_exception(each.failure);
        }
        for_each_server([&]<std::size_t Number>() { note_idle_memory<Number>(); });
        std::vector<measurement> made;
        for (auto& result : results_) {
            if (!result.rounds.empty()) made.push_back(std::move(result));
        }
        return made;
    }

  private:
    struct served {
        clock::time_point begin{};
        clock::time_point end{};
        std::uint64_t requests = 0;
    };

    /// What one thread did when it was last measured. Padded, since threads write to adjacent ones.
    struct alignas(64) share {
        served measured{};
        std::uint64_t page_faults = 0;
        std::exception_ptr failure{};
    };

    static void for_each_composition(auto&& function) {
        [&]<std::size_t... Numbers>(std::index_sequence<Numbers...>) {
            (function.template operator()<Numbers>(), ...);
        }(std::make_index_sequence<all_compositions::count>{});
    }

    void for_each_server(auto&& function) {
        for_each_composition([&]<std::size_t Number>() {
            if (std::get<Number>(servers_)) function.template operator()<Number>();
        });
    }

    template <std::size_t Number>
    void build(std::size_t slots) {
        const std::string name(all_compositions::names[Number]);
        results_[Number].guest = Guest::name;
        results_[Number].composition = name;
        results_[Number].threads = threads_;
        try {
            std::get<Number>(servers_).emplace(slots);
        } catch (const std::exception& error) {
            throw std::runtime_error("composition " + name + ": " + error.what());
        }
    }

    /// Throws std::runtime_error if there cannot be so many threads; those already started end.
    void start(std::vector<std::jthread>& workers) {
        try {
            for (std::size_t number = 0; number < threads_; ++number) {
                workers.emplace_back([this, number] { work(number); });
            }
        } catch (const std::system_error& error) {
            abandoned_ = true;
            for (auto missing = threads_ - workers.size(); missing > 0; --missing) {
                (void)stage_.arrive();
            }
            stage_.arrive_and_wait();
            throw std::runtime_error("only " + std::to_string(workers.size()) + " of " +
                                     std::to_string(threads_) + " threads could be started (" +
                                     error.what() + "); lower --threads");
        }
        stage_.arrive_and_wait();
    }

    void work(std::size_t thread) {
        stage_.arrive_and_wait();  // until all threads have started
        if (abandoned_) return;
        for (std::size_t round = 0; round < wanted_.rounds; ++round) {
            for_each_server([&]<std::size_t Number>() {
                serve_stage(*std::get<Number>(servers_), thread, all_compositions::names[Number]);
            });
        }
    }

    /// Goes through the stage whatever happens, since the others wait for this thread at both ends.
    template <class Server>
    void serve_stage(Server& over, std::size_t thread, std::string_view composition) {
        auto& own = shares_[thread];
        const auto serve_part = [&](double part) -> served {
            if (own.failure) return {};
            try {
                return serve_requests(over, thread, part);
            } catch (const std::exception& error) {
                own.failure = std::make_exception_ptr(std::runtime_error(
                    "composition " + std::string(composition) + ": " + error.what()));
                return {};
            }
        };
        serve_part(0.1);  // warms up
        stage_.arrive_and_wait();
        stage_.arrive_and_wait();
        const auto faults = page_faults_of_thread();
        own.measured = serve_part(1);
        own.page_faults = page_faults_of_thread() - faults;
        stage_.arrive_and_wait();
        stage_.arrive_and_wait();
    }

    /// Part of what a thread serves in a round. Threads begin at different exchanges.
    template <class Server>
    served serve_requests(Server& over, std::size_t thread, double part) {
        const auto begin = clock::now();
        served done{begin, begin};
        for (; !is_enough(done, part); ++done.requests) {
            over.serve(exchanges_[(thread + done.requests) % exchanges_.size()]);
            done.end = clock::now();
        }
        return done;
    }

    /// At least one request, then as many as the options say, or for as long as they say.
    bool is_enough(const served& done, double part) const {
        if (done.requests == 0) return false;
        if (wanted_.requests) {
            return static_cast<double>(done.requests) >=
                   part * static_cast<double>(*wanted_.requests);
        }
        return done.end - done.begin >= std::chrono::duration<double>(part * wanted_.seconds);
    }

    void direct(progress& shown) {
        for (auto& result : results_) result.rounds.reserve(wanted_.rounds);
        for (std::size_t round = 0; round < wanted_.rounds; ++round) {
            for_each_server([&]<std::size_t Number>() {
                stage_.arrive_and_wait();
                const auto shootdowns = tlb_shootdowns();
                stage_.arrive_and_wait();
                stage_.arrive_and_wait();
                results_[Number].rounds.push_back(sum_of_shares(shootdowns, tlb_shootdowns()));
                stage_.arrive_and_wait();
                shown.advance();
            });
        }
    }

    round_result sum_of_shares(std::optional<std::uint64_t> shootdowns_before,
                               std::optional<std::uint64_t> shootdowns_after) const {
        round_result sum;
        auto begin = shares_.front().measured.begin;
        auto end = shares_.front().measured.end;
        for (const auto& each : shares_) {
            begin = std::min(begin, each.measured.begin);
            end = std::max(end, each.measured.end);
            sum.requests += each.measured.requests;
            sum.page_faults += each.page_faults;
        }
        sum.seconds = std::chrono::duration<double>(end - begin).count();
        if (shootdowns_before && shootdowns_after) {
            sum.tlb_shootdowns = *shootdowns_after - *shootdowns_before;
        }
        return sum;
    }

    /// All slots are free now: the memory that destroying the composition frees is what its free
    /// slots kept.
    template <std::size_t Number>
    void note_idle_memory() {
        const auto before = resident_private_bytes();
        std::get<Number>(servers_).reset();
        const auto after = resident_private_bytes();
        results_[Number].idle_resident_bytes = before > after ? before - after : 0;
    }

    const options& wanted_;
    const std::vector<exchange>& exchanges_;
    std::size_t threads_;
    std::barrier<> stage_;
    bool abandoned_ = false;  // written before the first stage, read after it
    std::vector<share> shares_;
    servers servers_;
    std::array<measurement, all_compositions::count> results_;
};

}  // namespace serve
