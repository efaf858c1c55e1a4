// SPDX-License-Identifier: Apache-2.0
// The driver's work on one function: it asks about each of its calls, and has bodies inlined.
#pragma once

#include <cstddef>
#include <optional>
#include <palimpsest/inline/adapter/program_concept.hpp>
#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/inline_call.hpp>
#include <palimpsest/inline/limits.hpp>
#include <palimpsest/inline/summary.hpp>
#include <palimpsest/inline/verdict.hpp>
#include <palimpsest/light_vector.hpp>
#include <utility>

namespace palimpsest::inlining::detail {

/// Facts about a program while its functions change.
template <class Program>
struct program_state {
    using calls = decltype(std::declval<const Program&>().calls(0));
    /// For each argument of a call, whether it is a constant.
    using constants = decltype(std::declval<const Program&>().constant_arguments(
        0, typename Program::adapter::instruction()));

    Program& program;
    summary& made;
    light_vector<calls> known_calls{};
    light_vector<bool> is_stale{};  // the function has changed since
    light_vector<std::size_t> sizes{};
    light_vector<std::size_t> call_sites{};  // by callee
    light_vector<std::size_t> component{};   // of the call graph

    /// The calls in a function as it is now; for the one being worked on, as it was before.
    const calls& calls_of(std::size_t number) {
        if (is_stale[number]) {
            known_calls[number] = program.calls(number);
            is_stale[number] = false;
        }
        return known_calls[number];
    }
    void count(const calls& all, std::ptrdiff_t by) {
        for (const auto& one : all) call_sites[one.callee] += static_cast<std::size_t>(by);
    }
};

/// A call site that counts the instructions that fold only when asked.
template <class Program>
struct site_in_program : call_site {
    const Program* program = nullptr;
    std::size_t callee_number = 0;
    const typename program_state<Program>::constants* constants = nullptr;

    /// Takes time linear in the callee.
    std::size_t instructions_folded() const {
        return program->instructions_folded(callee_number, *constants);
    }
};

template <class Program, class Decision>
class caller {
    using adapter = typename Program::adapter;
    using block = typename adapter::block;
    using state = program_state<Program>;
    using calls = typename state::calls;

  public:
    caller(state& all, std::size_t number, const limits& most, Decision& decide)
        : all_(all),
          number_(number),
          most_(most),
          decide_(decide),
          ir_(all.program.adapter_of(number)),
          own_size_(all.sizes[number]) {}

    [[gnu::noinline]] void run() {
        const auto& own = all_.calls_of(number_);
        for (const auto& one : own)
            if (one.callee == number_ && !itself_) itself_.emplace(all_.program.body(number_));
        levels_.push_back({own, number_});
        while (!levels_.empty()) {
            if (levels_.back().next == levels_.back().sites.size())
                levels_.pop_back();
            else
                visit();
        }
    }

  private:
    /// The calls that came with one body, in order. The calls after an inlined one have moved to
    /// another block.
    struct level {
        calls sites;
        std::size_t body;  // the number of the function
        std::size_t next = 0;
        bool have_moved = false;  // the calls after it
        block moved_from{};
        block moved_to{};
        unsigned loop_depth = 0;
    };

    void visit() {
        auto& now = levels_.back();
        auto found = now.sites[now.next++];
        const auto stood_in = found.in;
        if (now.have_moved && now.moved_from == found.in) found.in = now.moved_to;
        found.loop_depth += now.loop_depth;
        ++all_.made.call_sites;
        const auto constants = all_.program.constant_arguments(number_, found.call);
        const auto site = describe(found, constants);
        const verdict decided = decide_(site);
        if (!decided.inlines()) return;
        const auto why = overruling(site, found);
        if (!why.words.empty()) return overrule(site, why);
        const auto made = inline_at(found);
        if (!site.is_tail_call) {
            now.have_moved = true;
            now.moved_from = stood_in;
            now.moved_to = made.behind;
        }
        if (decided.is == answer::inline_and_revisit && levels_.size() <= most_.revisits)
            enter(found, made);
    }

    site_in_program<Program> describe(const found_call<adapter>& found,
                                      const typename state::constants& constants) {
        const auto& program = all_.program;
        const auto mine = program.facts(number_);
        const auto its = program.facts(found.callee);
        auto& body = all_.program.body(number_);
        site_in_program<Program> made;
        made.caller = program.name(number_);
        made.callee = program.name(found.callee);
        made.caller_size = all_.sizes[number_];
        made.callee_size = size_of(found.callee);
        made.arguments = constants.size();
        for (const bool constant : constants) made.constant_arguments += constant ? 1 : 0;
        made.results = static_cast<std::size_t>(std::size(ir_.call_results(body, found.call)));
        made.callee_call_sites = all_.call_sites[found.callee];
        made.loop_depth = found.loop_depth;
        made.inlined_depth = static_cast<unsigned>(levels_.size() - 1);
        made.callee_is_only_called = its.is_private && !its.is_address_taken;
        made.callee_is_builtin = its.is_builtin;
        made.crosses_modules = mine.module != its.module;
        made.is_recursive = all_.component[number_] == all_.component[found.callee];
        made.is_tail_call = ir_.is_tail_call(body, found.call);
        made.is_cold = found.is_cold;
        made.program = &program;
        made.callee_number = found.callee;
        made.constants = &constants;
        return made;
    }
    /// The size of the body that replaces a call: for the function itself, its original size.
    std::size_t size_of(std::size_t callee) const {
        return callee == number_ ? own_size_ : all_.sizes[callee];
    }

    /// The reason not to inline a call that was to be inlined; without words if there is none.
    reason overruling(const call_site& site, const found_call<adapter>& found) const {
        const auto sum = site.caller_size + site.callee_size;
        if (sum > most_.instructions)
            return {"instructions of one function", static_cast<std::int64_t>(sum),
                    static_cast<std::int64_t>(most_.instructions)};
        const auto copied = all_.made.instructions_copied + site.callee_size;
        if (copied > most_.copied)
            return {"instructions copied in all", static_cast<std::int64_t>(copied),
                    static_cast<std::int64_t>(most_.copied)};
        if (levels_.size() == 1) return {};
        for (const auto& one : levels_)
            if (one.body == found.callee) return "the call came with a body of the same function";
        return {};
    }
    void overrule(const call_site& site, const reason& why) {
        ++all_.made.overruled;
        if constexpr (requires { decide_.overruled(site, why); }) decide_.overruled(site, why);
    }

    inlined_call<adapter> inline_at(const found_call<adapter>& found) {
        auto& body = all_.program.body(number_);
        const auto& callee =
            itself_ && found.callee == number_ ? *itself_ : all_.program.body(found.callee);
        const auto made = inline_call_(body, found.in, found.call, callee);
        ++all_.made.inlined;
        all_.made.instructions_copied += made.instructions;
        all_.sizes[number_] += made.instructions;
        --all_.call_sites[found.callee];
        all_.count(all_.calls_of(found.callee), 1);
        return made;
    }

    /// The copies of the callee's calls stand in the order of the originals.
    void enter(const found_call<adapter>& at, const inlined_call<adapter>& made) {
        level inner{all_.program.calls_between(number_, made.entry, made.last), at.callee};
        inner.loop_depth = at.loop_depth;
        const auto& originals = all_.calls_of(at.callee);
        for (std::size_t place = 0; place < inner.sites.size(); ++place)
            inner.sites[place].loop_depth = originals[place].loop_depth;
        levels_.push_back(std::move(inner));
    }

    state& all_;
    std::size_t number_;
    const limits& most_;
    Decision& decide_;
    adapter ir_;
    call_inliner<adapter> inline_call_{ir_};
    std::size_t own_size_;  // before anything was inlined
    std::optional<typename adapter::function> itself_;
    light_vector<level> levels_;
};

}  // namespace palimpsest::inlining::detail
