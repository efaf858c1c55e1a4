// SPDX-License-Identifier: Apache-2.0
// Removes code that nothing depends on: unreachable blocks, instructions that only produce unused
// results, and unused block parameters, with their arguments. Values that only keep each other
// alive around a loop are removed too. Linear.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/analysis/incoming_edges.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/pass/unreachable_blocks.hpp>
#include <palimpsest/ir/semantics/side_effects.hpp>
#include <palimpsest/light_vector.hpp>

namespace palimpsest::pass {

namespace detail {

/// Marks everything that instructions with effects depend on, and sweeps the rest.
template <class Tag = void>
class basic_live_code {
  public:
    explicit basic_live_code(ir::function& of)
        : of_(of),
          edges_(of, of.blocks()),
          instructions_(of.instruction_count()),
          values_(of.value_count()) {}

    void mark() {
        for (const auto in : of_.blocks())
            for (const auto one : of_.instructions(in))
                if (!ir::semantics::can_be_removed(of_, one)) mark(one);
        for (const auto one : of_.parameters(of_.entry())) values_[one.index()] = true;
        while (!waiting_.empty()) {
            const auto one = waiting_.back();
            waiting_.pop_back();
            mark_origin(of_[one]);
        }
    }

    /// True if there was something to remove.
    bool sweep() {
        bool changed = false;
        for (const auto in : of_.blocks()) {
            changed |= sweep_parameters(in);
            for (const auto one : of_.instructions(in)) {
                if (instructions_[one.index()]) continue;
                of_.erase(in, one);
                changed = true;
            }
        }
        forget_aliases();
        return changed;
    }

  private:
    void mark(ir::inst which) {
        if (instructions_[which.index()]) return;
        instructions_[which.index()] = true;
        for (const auto one : of_.arguments(which)) mark(one);
    }
    void mark(ir::value which) {
        const auto found = of_.resolve_shortening(which);
        if (values_[found.index()]) return;
        values_[found.index()] = true;
        waiting_.push_back(found);
    }
    void mark_origin(const ir::value_data& of) {
        if (of.is == ir::value_data::kind::result) return mark(ir::inst(of.of));
        for (const auto& [from, place] : edges_.to(ir::block(of.of)))
            mark(of_.arguments(of_.targets(from)[place])[of.number]);
    }

    bool sweep_parameters(ir::block of) {
        light_vector<bool> kept;
        bool all = true;
        for (const auto one : of_.parameters(of)) {
            // A parameter that has become an alias still has its place among the arguments.
            kept.push_back(values_[one.index()]);
            all = all && kept.back();
        }
        if (all) return false;
        const auto keep = [&](std::size_t place) -> bool { return kept[place]; };
        for (const auto& [from, place] : edges_.to(of))
            of_.retain_arguments(of_.targets(from)[place], keep);
        of_.retain_parameters(of, keep);
        return true;
    }
    void forget_aliases() {
        for (std::size_t number = 0; number < of_.value_count(); ++number) {
            const ir::value one(number);
            if (of_[one].is == ir::value_data::kind::alias &&
                of_[of_.resolve_shortening(one)].is == ir::value_data::kind::unused)
                of_.forget(one);
        }
    }

    ir::function& of_;
    ir::analysis::incoming_edges edges_;
    light_vector<bool> instructions_;
    light_vector<bool> values_;
    light_vector<ir::value> waiting_;
};
using live_code = basic_live_code<>;

}  // namespace detail

/// The pass that removes code that nothing depends on. Put it last in a pipeline, since other
/// passes leave such code. Takes time linear in the function.
template <class = void>
struct basic_dead_code {
    bool operator()(ir::function& of) const {
        const bool removed = unreachable_blocks{}(of);
        detail::live_code live(of);
        live.mark();
        return live.sweep() || removed;
    }
};
using dead_code = basic_dead_code<>;

}  // namespace palimpsest::pass
