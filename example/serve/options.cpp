// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "compositions.hpp"
#include "guests.hpp"

namespace serve {
namespace {

constexpr std::size_t most_threads = 256;
constexpr std::size_t most_slots = 4'096;

std::vector<std::string> strings_of(const auto& names) { return {names.begin(), names.end()}; }

/// What CLI11's own checks cannot see, since it concerns two options. Empty if all is well.
std::string contradiction(const options& wanted) {
    const auto threads = std::ranges::max(wanted.threads);
    if (threads > wanted.slots) {
        return "--threads: " + std::to_string(threads) +
               " threads need as many slots, and --slots is " + std::to_string(wanted.slots) +
               "; raise --slots or lower --threads";
    }
    if (wanted.wants_guest("javascript") && !has_javascript) {
        return "--guest: this program was built without the javascript guest; configure with "
               "-DPALIMPSEST_EXAMPLE_JAVASCRIPT=ON, or start it as example/run --guest javascript";
    }
    if (wanted.snapshot && !wanted.wants_guest("javascript")) {
        return "--snapshot concerns the javascript guest only; add --guest javascript";
    }
    if (wanted.traps && !wanted.wants_guest("echo")) {
        return "--traps is shown with the echo guest; add --guest echo";
    }
    return {};
}

void describe(CLI::App& app, options& wanted) {
    app.add_option("--guest", wanted.guests, "Guests to serve")
        ->delimiter(',')
        ->check(CLI::IsMember(strings_of(guest_names)))
        ->capture_default_str();
    app.add_option("--composition", wanted.compositions, "Ways to provide slots")
        ->delimiter(',')
        ->check(CLI::IsMember(strings_of(all_compositions::names)))
        ->capture_default_str();
    app.add_option("--threads", wanted.threads, "Numbers of threads, each measured on its own")
        ->delimiter(',')
        ->check(CLI::Range(std::size_t{1}, most_threads))
        ->capture_default_str();
    app.add_option("--requests", wanted.requests, "Requests of each thread in each round")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000'000}));
    app.add_option("--seconds", wanted.seconds,
                   "How long each thread serves in each round, unless --requests says how many")
        ->check(CLI::Range(0.001, 3'600.0))
        ->capture_default_str();
    app.add_option("--rounds", wanted.rounds, "Rounds to take the median of")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000}))
        ->capture_default_str();
    app.add_option("--slots", wanted.slots, "Slots of each pool")
        ->check(CLI::Range(std::size_t{1}, most_slots))
        ->capture_default_str();
    app.add_option("--seed", wanted.seed, "Where the requests begin")->capture_default_str();
    app.add_flag("--snapshot", wanted.snapshot,
                 "Serve javascript also from a capture of the started engine");
    app.add_flag("--traps", wanted.traps, "Show how a guest's mistakes end, and measure nothing");
    app.add_flag("--json", wanted.json, "Print JSON instead of tables");
    app.add_option("--plot", wanted.plot, "Draw charts as SVG into this folder (needs gnuplot)");
}

}  // namespace

bool options::wants_guest(std::string_view name) const {
    return std::ranges::find(guests, name) != guests.end();
}

bool options::wants_composition(std::string_view name) const {
    return std::ranges::find(compositions, name) != compositions.end();
}

parsed parse(int argument_count, const char* const* arguments) {
    parsed result;
    auto& wanted = result.wanted;
    wanted.guests = strings_of(default_guest_names);
    wanted.compositions = strings_of(all_compositions::names);
    CLI::App app(
        "Serves requests to WebAssembly guests, each in a slot acquired fresh, and compares ways "
        "to "
        "provide the slots.");
    describe(app, wanted);
    try {
        app.parse(argument_count, arguments);
    } catch (const CLI::ParseError& error) {
        result.exit_code = app.exit(error) == 0 ? 0 : 2;
        return result;
    }
    if (const auto message = contradiction(wanted); !message.empty()) {
        std::cerr << message << '\n';
        result.exit_code = 2;
    }
    return result;
}

}  // namespace serve
