// SPDX-License-Identifier: Apache-2.0
// Inlines over a whole program, as the decision says for each call. Callees come before their
// callers, so that a body is complete when it is copied.
//
//     inlining::inliner<decide::small_callee<50>, pass::standard> inliner;
//     const auto summary = inliner(module);
//
// A function that calls itself, directly or through others, is inlined once at a call, and no
// further. Private functions that become unreachable are dropped. The same program and decision
// always yield the same result.
#pragma once

#include <cstddef>
#include <palimpsest/detail/strong_components.hpp>
#include <palimpsest/inline/adapter/program_adapter.hpp>
#include <palimpsest/inline/adapter/program_concept.hpp>
#include <palimpsest/inline/decision.hpp>
#include <palimpsest/inline/detail/caller.hpp>
#include <palimpsest/inline/limits.hpp>
#include <palimpsest/inline/summary.hpp>
#include <palimpsest/ir/pass/none.hpp>
#include <palimpsest/light_vector.hpp>
#include <palimpsest/link/program.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace palimpsest::inlining {

/// Inlines calls over a whole program. `Policy` is the Decision that is asked about each call.
/// `Pipeline`, a pass, runs on each function after its calls are decided, and before it is itself
/// inlined; the default changes nothing. Only one thread at a time may use it.
template <class Policy, class Pipeline = pass::none>
class inliner {
    static_assert(sizeof(detail::require_decision<Policy>) > 0);

  public:
    inliner() = default;
    explicit inliner(Policy decide, limits most = {}) : decide_(std::move(decide)), most_(most) {}

    /// The decision, for example to read the remarks that decide::remark kept.
    Policy& decision() noexcept { return decide_; }
    const Policy& decision() const noexcept { return decide_; }

    /// Inlines in place. The functions must be well-formed, and stay so. All are kept, since all
    /// count as reachable from outside. Besides the decisions and the pipeline, takes time linear
    /// in the program and in the instructions copied. Throws std::invalid_argument if two functions
    /// have the same name, and passes on exceptions of the decision.
    summary operator()(ir::module& code) {
        light_vector<linking::function_facts> facts(code.functions.size());
        program_adapter all(code, facts);
        return (*this)(all);
    }
    /// The same for a program with facts, as builtin::link() makes it. Drops private functions that
    /// become unreachable.
    summary operator()(linking::program& code) {
        program_adapter all(code);
        return (*this)(all);
    }
    /// The same for a program in the embedder's own IR. It needs the default `Pipeline`, since
    /// passes work on the library's IR.
    template <InlinableProgram Program>
    summary operator()(Program& program) {
        summary made;
        detail::program_state<Program> all{program, made};
        for (const auto number : gather(all)) work_on(all, number);
        drop_unreachable(program, made);
        return made;
    }

  private:
    static constexpr bool has_passes = !std::is_same_v<Pipeline, pass::none>;

    /// The functions, by components of the call graph, callees first.
    template <class Program>
    static light_vector<std::size_t> gather(detail::program_state<Program>& all) {
        const std::size_t count = all.program.function_count();
        all.call_sites.assign(count, 0);
        all.is_stale.assign(count, false);
        palimpsest::detail::edge_lists callees;
        for (std::size_t number = 0; number < count; ++number) {
            all.known_calls.push_back(all.program.calls(number));
            all.sizes.push_back(all.program.size(number));
            all.count(all.known_calls[number], 1);
            for (const auto& one : all.known_calls[number]) callees.to.push_back(one.callee);
            callees.end_node();
        }
        auto components = palimpsest::detail::find_strong_components(callees);
        all.component = std::move(components.of_node);
        return std::move(components.nodes);
    }

    template <class Program>
    void work_on(detail::program_state<Program>& all, std::size_t number) {
        const auto inlined = all.made.inlined;
        detail::caller<Program, Policy>(all, number, most_, decide_).run();
        if (inlined != all.made.inlined) all.is_stale[number] = true;
        if constexpr (has_passes) run_passes(all, number);
    }
    /// Recounts calls and sizes, since passes may remove calls.
    template <class Program>
    static void run_passes(detail::program_state<Program>& all, std::size_t number) {
        all.count(all.calls_of(number), -1);
        Pipeline{}(all.program.body(number));
        all.is_stale[number] = true;
        all.count(all.calls_of(number), 1);
        all.sizes[number] = all.program.size(number);
    }

    template <class Program>
    static void drop_unreachable(Program& program, summary& made) {
        const std::size_t count = program.function_count();
        light_vector<bool> kept(count);
        light_vector<std::size_t> waiting;
        const auto reach = [&](std::size_t number) {
            if (kept[number]) return;
            kept[number] = true;
            waiting.push_back(number);
        };
        for (std::size_t number = 0; number < count; ++number)
            if (!program.facts(number).is_private) reach(number);
        if (waiting.size() == count) return;
        while (!waiting.empty()) {
            const auto number = waiting.back();
            waiting.pop_back();
            for (const auto to : program.references(number)) reach(to);
        }
        for (const bool one : kept) made.functions_dropped += one ? 0 : 1;
        if (made.functions_dropped != 0) program.keep(kept);
    }

    [[no_unique_address]] Policy decide_;
    limits most_;
};

}  // namespace palimpsest::inlining
