// SPDX-License-Identifier: Apache-2.0
// Random modules behave the same after each transformation as before.
//
//     property_test [--modules N] [--seed S] [--jobs N] [--wrong mistaken|malforming]
//
// Module i has the seed S + i. On a failure it prints the seed, the transformation and the
// minimised module, and exits with 1, as it does if too many runs could not be compared.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <boost/hana/for_each.hpp>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <mutex>
#include <optional>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/verifier.hpp>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "behaviour.hpp"
#include "random_module.hpp"
#include "shrink.hpp"
#include "transformation.hpp"

namespace hana = boost::hana;
namespace ir = palimpsest::ir;
namespace test = palimpsest::test;

namespace {

struct tally {
    std::uint64_t modules = 0;
    std::uint64_t runs = 0;
    std::uint64_t not_compared = 0;
};

std::vector<std::string> names_of(const ir::module& of) {
    std::vector<std::string> made;
    for (const auto& one : of.functions) made.push_back(one.name);
    return made;
}

std::string text_of(std::span<const ir::problem> problems) {
    std::string made;
    for (const auto& one : problems) made += one.text + "\n";
    return made;
}

/// What is wrong with a module after a transformation.
struct mistake {
    enum class kind { none, thrown, malformed, first_is_gone, behaves_otherwise };

    kind is = kind::none;
    std::string text;
};

/// Functions may be dropped, all but the first.
template <class Transformation>
mistake mistake_of(const ir::module& before, std::uint64_t seed,
                   const std::vector<test::run_record>& expected, tally& counted) {
    auto after = before;
    try {
        Transformation()(after, seed);
    } catch (const std::exception& wrong) {
        return {mistake::kind::thrown, wrong.what()};
    }
    if (const auto problems = ir::verify(after); !problems.empty())
        return {mistake::kind::malformed, "it is malformed afterwards:\n" + text_of(problems)};
    if (after.find(before.functions.front().name) == nullptr)
        return {mistake::kind::first_is_gone, "the first function is gone"};
    std::vector<std::string> names;
    for (const auto& one : names_of(before))
        if (after.find(one) != nullptr) names.push_back(one);
    const auto all = test::behaviour_of(after, names, seed);
    auto was = expected.begin();
    for (const auto& now : all) {
        while (was->function != now.function) ++was;
        ++counted.runs;
        if (!was->is_comparable() || !now.is_comparable()) ++counted.not_compared;
        if (auto found = test::difference(*was++, now); !found.empty())
            return {mistake::kind::behaves_otherwise, std::move(found)};
    }
    return {};
}

/// The report of a mistake, with the module minimised as long as the mistake is of the same kind.
template <class Transformation>
std::string report(const ir::module& of, std::uint64_t seed, mistake::kind is) {
    tally ignored;
    const auto look_at = [&](const ir::module& one) {
        if (one.functions.empty()) return mistake();
        const auto expected = test::behaviour_of(one, names_of(one), seed);
        return mistake_of<Transformation>(one, seed, expected, ignored);
    };
    const auto small =
        test::shrinking(of, [&](const ir::module& one) { return look_at(one).is == is; }).run();
    return "seed " + std::to_string(seed) + ", " + std::string(Transformation::name) + ": " +
           look_at(small).text + "\n" + ir::text::print(small);
}

/// The first mistake that the list makes with one module; empty if it makes none.
template <class List>
std::string first_mistake(List list, std::uint64_t seed, tally& counted) {
    const auto module = test::random_module(seed);
    ++counted.modules;
    if (const auto problems = ir::verify(module); !problems.empty())
        return "seed " + std::to_string(seed) + ": malformed from the start:\n" +
               text_of(problems) + ir::text::print(module);
    const auto expected = test::behaviour_of(module, names_of(module), seed);
    std::string found;
    hana::for_each(list, [&](auto one) {
        using transformation = typename decltype(one)::type;
        if (!found.empty()) return;
        const auto made = mistake_of<transformation>(module, seed, expected, counted);
        if (made.is != mistake::kind::none) found = report<transformation>(module, seed, made.is);
    });
    return found;
}

struct request {
    std::uint64_t seed = 1;
    std::uint64_t modules = 1000;
    unsigned jobs = 1;
};

/// Prints what was found, and gives the exit status.
template <class List>
int run(List list, const request& wanted) {
    std::atomic<std::uint64_t> next{0};
    std::mutex mutex;
    tally all;
    std::uint64_t first = wanted.modules;  // whose report it is
    std::string found;
    const auto work = [&] {
        tally mine;
        for (auto index = next++; index < wanted.modules; index = next++) {
            auto mistake = first_mistake(list, wanted.seed + index, mine);
            if (mistake.empty()) continue;
            const std::scoped_lock lock(mutex);
            next = wanted.modules;
            if (index < first) std::tie(first, found) = std::pair(index, std::move(mistake));
        }
        const std::scoped_lock lock(mutex);
        all.modules += mine.modules;
        all.runs += mine.runs;
        all.not_compared += mine.not_compared;
    };
    std::vector<std::thread> workers;
    for (unsigned job = 1; job < wanted.jobs; ++job) workers.emplace_back(work);
    work();
    for (auto& one : workers) one.join();

    std::cout << found;
    const bool too_few = found.empty() && all.not_compared * 10 > all.runs;
    if (too_few) std::cout << "more than a tenth of the runs could not be compared\n";
    std::cout << all.modules << " modules, " << all.runs << " runs, " << all.not_compared
              << " not compared\n";
    return found.empty() && !too_few ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
    CLI::App options("Random modules do the same after each transformation as before.");
    request wanted;
    std::string wrong;
    options.add_option("--modules", wanted.modules, "How many")->capture_default_str();
    options.add_option("--seed", wanted.seed, "Of the first module")->capture_default_str();
    options.add_option("--jobs", wanted.jobs, "Modules at a time")->check(CLI::Range(1, 1024));
    options.add_option("--wrong", wrong, "Apply only one that is wrong on purpose")
        ->check(CLI::IsMember({"mistaken", "malforming"}));
    CLI11_PARSE(options, count, values);

    if (wrong == "mistaken") return run(hana::tuple_t<test::mistaken>, wanted);
    if (wrong == "malforming") return run(hana::tuple_t<test::malforming>, wanted);
    return run(test::transformations, wanted);
}
