// Puts the body of a function in the place of a call. Knows no reason to do so or not.
//
//     before            after
//
//     block0:           block0:            what stood before the call
//         ...               ...
//         v = call f(a)     jump entry'
//         ...           entry': ...        copies of the blocks of f that can be reached, with
//                       ...                a for its parameter, and jumps in place of returns
//                       behind(v'): ...    what stood behind the call; v' in the place of v
//
// In the place of a tail call nothing stands behind, and returns stay returns. A tail call of f
// becomes a call and a jump, unless it stands in for a tail call itself.
#pragma once

#include <algorithm>
#include <cstddef>
#include <palimpsest/detail/post_order.hpp>
#include <palimpsest/inline/concepts.hpp>
#include <utility>
#include <vector>

namespace palimpsest::inlining {

/// What became of a call.
template <class Adapter>
struct inlined_call {
    typename Adapter::block entry;   // the copy of the callee's
    typename Adapter::block last;    // of the copies, which are placed one behind the other
    typename Adapter::block behind;  // none for a tail call
    std::size_t instructions = 0;    // that were copied
};

namespace detail {

/// What the callee's values and blocks are in the caller.
template <class Adapter>
class remapping {
  public:
    using value = typename Adapter::value;
    using block = typename Adapter::block;

    remapping(const Adapter& ir, const typename Adapter::function& callee)
        : ir_(ir), values_(ir.value_count(callee)), blocks_(ir.block_count(callee)) {}

    value value_of(value of) const { return values_[ir_.index(of)]; }
    block block_of(block of) const { return blocks_[ir_.index(of)]; }
    void bind_value(value of, value to) { values_[ir_.index(of)] = to; }
    void bind_block(block of, block to) { blocks_[ir_.index(of)] = to; }

  private:
    const Adapter& ir_;
    std::vector<value> values_;
    std::vector<block> blocks_;
};

template <InlinableIr Adapter>
class inlining_of_one_call {
    using function = typename Adapter::function;
    using block = typename Adapter::block;
    using instruction = typename Adapter::instruction;
    using value = typename Adapter::value;

  public:
    inlining_of_one_call(Adapter& ir, function& caller, const function& callee)
        : ir_(ir), caller_(caller), callee_(callee), remap_(ir, callee) {}

    inlined_call<Adapter> run(block at, instruction call) {
        is_tail_ = ir_.is_tail_call(caller_, call);
        if (!is_tail_) make_behind(at, call);
        find_reachable();
        ir_.begin(caller_, at, callee_);
        make_blocks(at);
        enter(at, call);
        for (const auto one : order_) copy(one);
        made_.entry = remap_.block_of(ir_.entry(callee_));
        return made_;
    }

  private:
    void make_behind(block at, instruction call) {
        made_.behind = ir_.split_behind(caller_, at, call);
        const auto range = ir_.call_results(caller_, call);
        const std::vector<value> results(range.begin(), range.end());
        for (const auto one : results)
            ir_.replace(caller_, one, ir_.add_parameter(caller_, made_.behind, caller_, one));
    }

    /// Reverse post order: each block comes behind those that dominate it, and so each value is
    /// copied before its uses are.
    void find_reachable() {
        const auto entry = ir_.entry(callee_);
        order_ = palimpsest::detail::post_order(
            entry, ir_.block_count(callee_), [&](block at) { return ir_.index(at); },
            [&](block at) { return ir_.successors(callee_, at); });
        std::reverse(order_.begin(), order_.end());
        reachable_.assign(ir_.block_count(callee_), false);
        for (const auto one : order_) {
            reachable_[ir_.index(one)] = true;
            const auto& successors = ir_.successors(callee_, one);
            for (std::size_t place = 0; place < static_cast<std::size_t>(successors.size());
                 ++place)
                leads_to_entry_ |= successors[place] == entry;
        }
    }

    /// In the callee's order. The copy of the entry gets its values from the call without
    /// parameters, unless branches of the callee lead to it too.
    void make_blocks(block at) {
        auto last = at;
        for (const auto one : ir_.blocks(callee_)) {
            if (!reachable_[ir_.index(one)]) continue;
            last = ir_.new_block(caller_, last, callee_, one);
            remap_.bind_block(one, last);
            if (one == ir_.entry(callee_) && !leads_to_entry_) continue;
            for (const auto parameter : ir_.parameters(callee_, one))
                remap_.bind_value(parameter, ir_.add_parameter(caller_, last, callee_, parameter));
        }
        made_.last = last;
    }

    void enter(block at, instruction call) {
        const auto range = ir_.call_arguments(caller_, call);
        std::vector<value> arguments(range.begin(), range.end());
        ir_.erase(caller_, at, call);
        const auto entry = ir_.entry(callee_);
        if (!leads_to_entry_) {
            std::size_t index = 0;
            for (const auto parameter : ir_.parameters(callee_, entry))
                remap_.bind_value(parameter, arguments[index++]);
            arguments.clear();
        }
        ir_.append_jump(caller_, at, remap_.block_of(entry), arguments);
    }

    void copy(block from) {
        const auto to = remap_.block_of(from);
        for (const auto one : ir_.instructions(callee_, from)) {
            ++made_.instructions;
            const auto role = is_tail_ ? instruction_role::plain : ir_.role(callee_, one);
            if (role == instruction_role::plain) {
                ir_.append_copy(caller_, to, callee_, one, remap_);
            } else if (role == instruction_role::returns) {
                std::vector<value> returned;
                for (const auto given : ir_.returned(callee_, one))
                    returned.push_back(remap_.value_of(given));
                ir_.append_jump(caller_, to, made_.behind, returned);
            } else {
                const auto results = ir_.append_call(caller_, to, callee_, one, remap_);
                ir_.append_jump(caller_, to, made_.behind, results);
            }
        }
    }

    Adapter& ir_;
    function& caller_;
    const function& callee_;
    remapping<Adapter> remap_;
    std::vector<bool> reachable_;
    std::vector<block> order_;
    bool leads_to_entry_ = false;
    bool is_tail_ = false;
    inlined_call<Adapter> made_{};
};

}  // namespace detail

/// Inlines `callee` at a call that stands in block `at` of the caller. The callee must be
/// well-formed, fit the call, and not be the caller itself (pass a copy). Takes time linear in the
/// callee.
template <InlinableIr Adapter>
inlined_call<Adapter> inline_call(Adapter& ir, typename Adapter::function& caller,
                                  typename Adapter::block at, typename Adapter::instruction call,
                                  const typename Adapter::function& callee) {
    return detail::inlining_of_one_call<Adapter>(ir, caller, callee).run(at, call);
}

}  // namespace palimpsest::inlining
