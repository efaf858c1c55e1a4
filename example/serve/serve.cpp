// SPDX-License-Identifier: Apache-2.0
// Serves requests to WebAssembly guests and compares ways to provide the slots they run in.

#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "comparison.hpp"
#include "guests.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "traps.hpp"

namespace serve {
namespace {

/// Enough that a thread does not soon see the same request again, and few enough to stay in the
/// cache.
constexpr std::size_t exchanges_of_guest = 32;

bool is_wanted(const options& wanted, std::string_view guest) {
    return wanted.wants_guest(guest) || (wanted.snapshot && guest == "javascript --snapshot");
}

std::vector<measurement> measure(const options& wanted) {
    std::vector<measurement> all;
    const auto guests = wanted.guests.size() + (wanted.snapshot ? 1 : 0);
    progress shown(guests * wanted.threads.size() * wanted.rounds * wanted.compositions.size());
    all_guests::for_each([&]<class Guest>() {
        if (!is_wanted(wanted, Guest::name)) return;
        const auto exchanges = Guest::exchanges(wanted.seed, exchanges_of_guest);
        for (const auto threads : wanted.threads) {
            shown.name(std::string(Guest::name) + ", threads: " + std::to_string(threads));
            try {
                auto made = comparison<Guest>(wanted, exchanges, threads).run(shown);
                all.insert(all.end(), made.begin(), made.end());
            } catch (const std::exception& error) {
                throw std::runtime_error("guest " + std::string(Guest::name) + ", " + error.what());
            }
        }
    });
    return all;
}

void report(const options& wanted, const std::vector<measurement>& all) {
    if (wanted.json) {
        print_json(std::cout, wanted, all);
    } else {
        print_tables(std::cout, all);
    }
    if (wanted.plot.empty()) return;
    for (const auto& path : draw_charts(wanted.plot, all)) std::cerr << "drawn: " << path << '\n';
}

}  // namespace
}  // namespace serve

int main(int argument_count, char** arguments) {
    try {
        const auto [wanted, exit_code] = serve::parse(argument_count, arguments);
        if (exit_code) return *exit_code;
        if (wanted.traps) return serve::show_traps(std::cout, wanted) ? 0 : 1;
        if (!wanted.plot.empty()) serve::prepare_charts(wanted.plot);
        serve::report(wanted, serve::measure(wanted));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "serve: " << error.what() << '\n';
        return 1;
    }
}
