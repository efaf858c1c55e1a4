// SPDX-License-Identifier: Apache-2.0
// Replaces a call by the body of the callee. Whether to do so is decided elsewhere.
//
//     before            after
//
//     block0:           block0:            the code before the call
//         ...               ...
//         v = call f(a)     jump entry'
//         ...           entry': ...        copies of the blocks of f that can be reached, with
//                       ...                a for its parameter, and jumps in place of returns
//                       behind(v'): ...    the code after the call; v' in place of v
//
// A tail call has no code after it, and returns in its body stay returns. A tail call in f becomes
// a call and a jump, unless the replaced call is a tail call itself.
#pragma once

#include <cstddef>
#include <palimpsest/detail/post_order.hpp>
#include <palimpsest/inline/concepts.hpp>
#include <palimpsest/light_vector.hpp>

namespace palimpsest::inlining {

/// The blocks that replaced a call.
template <class Adapter>
struct inlined_call {
    typename Adapter::block entry;   // the copy of the callee's entry
    typename Adapter::block last;    // of the copies, which are placed consecutively
    typename Adapter::block behind;  // the code after the call; none for a tail call
    std::size_t instructions = 0;    // the number copied
};

namespace detail {

/// Maps the callee's values and blocks to those of the caller.
template <class Adapter>
class remapping {
  public:
    using value = typename Adapter::value;
    using block = typename Adapter::block;

    void begin(const Adapter& ir, const typename Adapter::function& callee) {
        values_.assign(ir.value_count(callee), value());
        blocks_.assign(ir.block_count(callee), block());
        ir_ = &ir;
    }

    value value_of(value of) const { return values_[ir_->index(of)]; }
    block block_of(block of) const { return blocks_[ir_->index(of)]; }
    void bind_value(value of, value to) { values_[ir_->index(of)] = to; }
    void bind_block(block of, block to) { blocks_[ir_->index(of)] = to; }

  private:
    const Adapter* ir_ = nullptr;
    light_vector<value> values_;
    light_vector<block> blocks_;
};

}  // namespace detail

/// Inlines calls of one caller, one after the other, and reuses its memory for each. Choose it over
/// inline_call() for many calls. Like the adapter, it serves one caller, and one thread at a time.
template <InlinableIr Adapter>
class call_inliner {
    using function = typename Adapter::function;
    using block = typename Adapter::block;
    using instruction = typename Adapter::instruction;
    using value = typename Adapter::value;

  public:
    explicit call_inliner(Adapter& ir) noexcept : ir_(ir) {}

    /// Inlines one call, as inlining::inline_call() does.
    inlined_call<Adapter> operator()(function& caller, block at, instruction call,
                                     const function& callee) {
        const work now{caller, callee, ir_.is_tail_call(caller, call)};
        made_ = {};
        remap_.begin(ir_, callee);
        find_reachable(now);
        ir_.begin(caller, at, callee);
        if (!now.is_tail) make_behind(now, at, call);
        make_blocks(now, at);
        enter(now, at, call);
        for (auto place = order_->size(); place > 0; --place) copy(now, (*order_)[place - 1]);
        made_.entry = remap_.block_of(ir_.entry(callee));
        return made_;
    }

  private:
    struct work {
        function& caller;
        const function& callee;
        bool is_tail;
    };

    void make_behind(const work& now, block at, instruction call) {
        made_.behind = ir_.split_behind(now.caller, at, call);
        gather(ir_.call_results(now.caller, call));
        for (const auto one : values_)
            ir_.replace(now.caller, one,
                        ir_.add_parameter(now.caller, made_.behind, now.caller, one));
    }

    /// Finds the reachable blocks of the callee, in post-order. Read backwards, each comes after
    /// those that dominate it, so each value is copied before its uses.
    void find_reachable(const work& now) {
        const auto entry = ir_.entry(now.callee);
        order_ = &search_.find(
            entry, ir_.block_count(now.callee), [&](block at) { return ir_.index(at); },
            [&](block at) { return ir_.successors(now.callee, at); });
        leads_to_entry_ = false;
        for (const auto one : *order_) {
            const auto& successors = ir_.successors(now.callee, one);
            for (std::size_t place = 0; place < static_cast<std::size_t>(successors.size());
                 ++place)
                leads_to_entry_ |= successors[place] == entry;
        }
    }

    /// Makes the blocks in the callee's order. The copy of the entry takes its values from the call
    /// without parameters, unless branches of the callee lead to it too.
    void make_blocks(const work& now, block at) {
        auto last = at;
        for (const auto one : ir_.blocks(now.callee)) {
            if (!search_.has_reached(ir_.index(one))) continue;
            last = ir_.new_block(now.caller, last, now.callee, one);
            remap_.bind_block(one, last);
            if (one == ir_.entry(now.callee) && !leads_to_entry_) continue;
            for (const auto parameter : ir_.parameters(now.callee, one))
                remap_.bind_value(parameter,
                                  ir_.add_parameter(now.caller, last, now.callee, parameter));
        }
        made_.last = last;
    }

    void enter(const work& now, block at, instruction call) {
        gather(ir_.call_arguments(now.caller, call));
        ir_.erase(now.caller, at, call);
        const auto entry = ir_.entry(now.callee);
        if (!leads_to_entry_) {
            std::size_t index = 0;
            for (const auto parameter : ir_.parameters(now.callee, entry))
                remap_.bind_value(parameter, values_[index++]);
            values_.clear();
        }
        ir_.append_jump(now.caller, at, remap_.block_of(entry), values_);
    }

    void copy(const work& now, block from) {
        const auto to = remap_.block_of(from);
        for (const auto one : ir_.instructions(now.callee, from)) {
            ++made_.instructions;
            const auto role = now.is_tail ? instruction_role::plain : ir_.role(now.callee, one);
            if (role == instruction_role::plain) {
                ir_.append_copy(now.caller, to, now.callee, one, remap_);
            } else if (role == instruction_role::returns) {
                values_.clear();
                for (const auto given : ir_.returned(now.callee, one))
                    values_.push_back(remap_.value_of(given));
                ir_.append_jump(now.caller, to, made_.behind, values_);
            } else {
                const auto results = ir_.append_call(now.caller, to, now.callee, one, remap_);
                ir_.append_jump(now.caller, to, made_.behind, results);
            }
        }
    }

    /// Copies values out of a list that may change while it is read.
    template <class Range>
    void gather(const Range& range) {
        values_.clear();
        for (const auto one : range) values_.push_back(one);
    }

    Adapter& ir_;
    detail::remapping<Adapter> remap_;
    palimpsest::detail::post_order_search<block> search_;
    const light_vector<block>* order_ = nullptr;
    light_vector<value> values_;  // in transit
    bool leads_to_entry_ = false;
    inlined_call<Adapter> made_{};
};

/// Inlines `callee` at a call in block `at` of the caller. The callee must be well-formed, match
/// the call, and not be the caller itself (pass a copy). Takes time linear in the callee. For many
/// calls of one caller, call_inliner reuses its memory.
template <InlinableIr Adapter>
inlined_call<Adapter> inline_call(Adapter& ir, typename Adapter::function& caller,
                                  typename Adapter::block at, typename Adapter::instruction call,
                                  const typename Adapter::function& callee) {
    return call_inliner<Adapter>(ir)(caller, at, call, callee);
}

}  // namespace palimpsest::inlining
