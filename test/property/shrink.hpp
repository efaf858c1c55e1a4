// SPDX-License-Identifier: Apache-2.0
// Minimises a module that shows a mistake, so that people can read it: functions are dropped,
// blocks end earlier, branches become jumps, instructions go or become constants, many at a time
// and then fewer (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
// 2002).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/analysis/dominators.hpp>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/ir/verifier.hpp>
#include <range/v3/view/remove_if.hpp>
#include <span>
#include <utility>
#include <vector>

namespace palimpsest::test {

/// `still_fails(module)` is asked about well-formed modules only.
template <class StillFails>
class shrinking {
  public:
    shrinking(ir::module of, StillFails still_fails)
        : now_(std::move(of)), still_fails_(std::move(still_fails)) {}

    ir::module run() {
        for (bool smaller = true; smaller;) {
            smaller = drop_functions();
            smaller |= each_chunk(blocks(), cut);
            smaller |= each_chunk(ends(), narrow);
            smaller |= each_chunk(insts(), drop);
            smaller |= each_chunk(insts(), settle);
            smaller |= each_chunk(unreachable_blocks(), drop_block);
        }
        return std::move(now_);
    }

  private:
    struct place {
        std::size_t function = 0;
        ir::block in;
        ir::inst at;
        std::size_t target = 0;
    };

    bool take(ir::module candidate) {
        if (!ir::verify(candidate).empty() || !still_fails_(std::as_const(candidate))) return false;
        now_ = std::move(candidate);
        return true;
    }

    bool drop_functions() {
        bool any = false;
        for (auto number = now_.functions.size(); number-- != 0;) {
            auto candidate = now_;
            candidate.functions.erase(candidate.functions.begin() +
                                      static_cast<std::ptrdiff_t>(number));
            any |= take(std::move(candidate));
        }
        return any;
    }

    /// `change(module, place)` makes the module smaller at a place, or returns false.
    template <class Change>
    bool each_chunk(const std::vector<place>& all, Change change) {
        bool any = false;
        std::vector<bool> done(all.size());
        for (auto size = all.size(); size != 0; size /= 2)
            for (std::size_t begin = 0; begin < all.size(); begin += size) {
                auto candidate = now_;
                bool some = false;
                const auto end = std::min(all.size(), begin + size);
                for (auto at = begin; at < end; ++at)
                    if (!done[at]) some |= change(candidate, all[at]);
                if (!some || !take(std::move(candidate))) continue;
                std::fill(done.begin() + static_cast<std::ptrdiff_t>(begin),
                          done.begin() + static_cast<std::ptrdiff_t>(end), true);
                any = true;
            }
        return any;
    }

    template <class Visit>
    void each_inst(Visit visit) const {
        for (std::size_t number = 0; number < now_.functions.size(); ++number) {
            const auto& of = now_.functions[number];
            for (const auto in : of.blocks())
                for (const auto at : of.instructions(in)) visit(of, place{number, in, at, 0});
        }
    }

    // Ends of blocks.

    /// Those that do not trap at once.
    std::vector<place> blocks() const {
        std::vector<place> made;
        each_inst([&](const ir::function& of, const place& at) {
            if (at.at == of.first(at.in) && of[at.at].code != ir::opcode::trap) made.push_back(at);
        });
        return made;
    }
    /// The block is nothing but a trap.
    static bool cut(ir::module& of, const place& at) {
        auto& in = of.functions[at.function];
        while (const auto first = in.first(at.in)) in.remove(at.in, first);
        ir::instruction trap;
        trap.code = ir::opcode::trap;
        trap.trap = ir::trap_code::user(1);
        in.append(at.in, trap);
        return true;
    }
    /// A branch for each of its targets.
    std::vector<place> ends() const {
        std::vector<place> made;
        each_inst([&](const ir::function& of, place at) {
            for (at.target = 0; of.targets(at.at).size() > std::max<std::size_t>(1, at.target);
                 ++at.target)
                made.push_back(at);
        });
        return made;
    }
    /// A branch becomes a jump.
    static bool narrow(ir::module& of, const place& at) {
        auto& data = of.functions[at.function][at.at];
        if (at.target >= data.targets.count || data.code == ir::opcode::jump) return false;
        data.code = ir::opcode::jump;
        data.type = ir::type::none;
        data.arguments = {};
        data.targets = {static_cast<std::uint32_t>(data.targets.begin + at.target), 1};
        return true;
    }
    std::vector<place> unreachable_blocks() const {
        std::vector<place> made;
        for (std::size_t number = 0; number < now_.functions.size(); ++number) {
            const auto& of = now_.functions[number];
            const ir::analysis::dominators tree(of);
            const auto is_reachable = [&](ir::block in) { return tree.is_reachable(in); };
            for (const auto in : of.blocks() | ranges::views::remove_if(is_reachable))
                made.push_back({number, in, {}, 0});
        }
        return made;
    }
    static bool drop_block(ir::module& of, const place& at) {
        of.functions[at.function].remove(at.in);
        return true;
    }

    // Instructions.

    std::vector<place> insts() const {
        std::vector<place> made;
        each_inst([&](const ir::function& of, const place& at) {
            if (!ir::ends_block(of[at.at].code)) made.push_back(at);
        });
        return made;
    }
    static bool drop(ir::module& of, const place& at) {
        of.functions[at.function].remove(at.in, at.at);
        return true;
    }
    /// Constants replace what it computed.
    static bool settle(ir::module& of, const place& at) {
        auto& in = of.functions[at.function];
        const auto shape = ir::describe(in[at.at].code).shape;
        const bool is_constant =
            shape == ir::format::integer || shape == ir::format::float_constant;
        if (is_constant && in[at.at].immediate == 0) return false;
        const auto run = in.results(at.at);
        const std::vector<ir::value> results(run.begin(), run.end());
        for (const auto one : results) {
            ir::instruction constant;
            constant.type = in.type_of(one);
            constant.code = constant.type == ir::type::f32   ? ir::opcode::f32const
                            : constant.type == ir::type::f64 ? ir::opcode::f64const
                                                             : ir::opcode::iconst;
            const auto made = in.make(constant);
            in.adopt_result(made, one, constant.type);
            in.insert_before(at.in, made, at.at);
        }
        in.remove(at.in, at.at);
        return true;
    }

    ir::module now_;
    StillFails still_fails_;
};

}  // namespace palimpsest::test
