// SPDX-License-Identifier: Apache-2.0
// The body of a random function: nested regions, so that each value is defined where it is used,
// and on top of them what does not fit that scheme (blocks in any order, loops with two entries,
// unreachable blocks).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/builder.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/tail.hpp>
#include <range/v3/view/transform.hpp>
#include <span>
#include <utility>
#include <vector>

#include "random_memory.hpp"
#include "random_operation.hpp"
#include "random_plan.hpp"
#include "random_source.hpp"

namespace palimpsest::test {

class random_function {
  public:
    random_function(random_source& random, const random_plan& plan, const planned_function& self)
        : random_(random),
          plan_(plan),
          made_(self.name, self.as),
          to_(made_),
          memory_(random, plan.regions, made_, to_),
          left_(static_cast<int>(random.between(3, 26))) {}

    ir::function write() {
        accesses_much_ = random_.chance(25);
        if (accesses_much_) left_ *= 3;
        begin();
        write_region();
        if (!to_.is_ended()) leave();
        if (random_.chance(20)) write_unreachable();
        if (random_.chance(30)) shuffle_blocks();
        return std::move(made_);
    }

  private:
    using types = std::vector<ir::type>;
    using values = std::vector<ir::value>;

    /// A block to leave a loop to.
    struct loop_exit {
        ir::block to;
        types takes;
    };

    // Values in scope.

    ir::value constant(ir::type of) {
        const auto bits = random_bits(random_, of);
        if (ir::is_integer(of)) return to_.iconst(of, static_cast<std::int64_t>(bits));
        return to_.compute(
            {.code = of == ir::type::f32 ? ir::opcode::f32const : ir::opcode::f64const,
             .type = of,
             .immediate = bits},
            {});
    }
    ir::value value_of(ir::type of) {
        if (!scope_.empty() && random_.chance(85)) {
            // Prefers newer ones, so that chains form.
            for (int tries = 0; tries < 6; ++tries) {
                const auto back =
                    1 + std::min(random_.below(scope_.size()), random_.below(scope_.size()));
                const auto found = scope_[scope_.size() - back];
                if (made_.type_of(found) == of) return found;
            }
        }
        return constant(of);
    }
    values values_of(std::span<const ir::type> all) {
        values made;
        for (const auto one : all) made.push_back(value_of(one));
        return made;
    }
    auto giving_values() {
        return [this](ir::type of) { return value_of(of); };
    }
    auto taking_values() {
        return [this](ir::value one) { scope_.push_back(one); };
    }
    types random_types(std::size_t most) {
        types made;
        for (auto count = random_.between(0, most); count != 0; --count)
            made.push_back(random_type(random_));
        return made;
    }
    ir::block append_block(const types& parameters) {
        const auto made = to_.append_block();
        for (const auto one : parameters) to_.append_parameter(made, one);
        if (random_.chance(15)) to_.set_cold(made);
        return made;
    }
    void enter(ir::block next) {
        to_.switch_to(next);
        for (const auto one : made_.parameters(next)) scope_.push_back(one);
    }
    /// 0 or not about as often.
    ir::value condition() {
        if (random_.chance(30)) return value_of(random_type_of(random_, ir::type_set::ints));
        const auto type = random_type(random_);
        if (ir::is_float(type))
            return to_.fcmp(static_cast<ir::float_condition>(random_.below(14)), value_of(type),
                            value_of(type));
        return to_.icmp(static_cast<ir::int_condition>(random_.below(10)), value_of(type),
                        value_of(type));
    }

    // The function as a whole.

    void begin() {
        const auto entry = to_.append_entry();
        to_.switch_to(entry);
        ir::value vmctx;
        values pointers;
        for (std::size_t place = 0; place < made_.signature.parameters.size(); ++place) {
            const auto value = to_.parameter(entry, place);
            const auto purpose = made_.signature.parameters[place].purpose;
            if (purpose == ir::parameter_purpose::vmctx) vmctx = value;
            if (purpose == ir::parameter_purpose::sret) pointers.push_back(value);
            if (purpose == ir::parameter_purpose::normal && !depth_)
                depth_ = value;
            else if (purpose == ir::parameter_purpose::normal)
                scope_.push_back(value);
        }
        memory_.begin(vmctx, pointers);
        calls_ = random_.chance(70);
        if (!calls_ || random_.chance(1)) return;  // rarely nothing ends a recursion
        const auto out = append_block({});
        const auto body = append_block({});
        to_.brif(depth_, body, out);
        to_.switch_to(out);
        leave_without_call();
        to_.switch_to(body);
    }

    /// Writes straight code and what is nested in it, up to the end of a block or of the function's
    /// budget.
    void write_region() {
        ++nesting_;
        for (auto count = random_.between(1, 8); count != 0 && !to_.is_ended() && left_ > 0;
             --count)
            write_statement();
        --nesting_;
    }
    template <class Write>
    void in_scope(Write&& write) {
        const auto before = scope_.size();
        write();
        scope_.resize(before);
    }

    void write_statement() {
        --left_;
        if (accesses_much_ && random_.chance(50)) return write_access();
        const auto what = random_.below(100);
        if (what < 38)
            return write_random_operation(random_, to_, giving_values(), taking_values());
        if (what < 50) return memory_.write_load(giving_values(), taking_values());
        if (what < 60) return memory_.write_store(giving_values(), taking_values());
        if (what < 74) return calls_ ? write_call() : void();
        if (what < 77) return write_alias();
        if (what < 79) return write_conditional_trap();
        if (nesting_ > 4) return;
        if (what < 87) return write_choice();
        if (what < 92) return write_loop();
        if (what < 95) return write_switch();
        if (what < 97) return write_early_exit();
        if (what < 98) return write_two_entries();
        if (nesting_ > 1 && what < 99) leave();
    }

    void write_access() {
        if (random_.chance(60)) return memory_.write_load(giving_values(), taking_values());
        memory_.write_store(giving_values(), taking_values());
    }
    void write_alias() {
        if (scope_.empty()) return;
        const ir::value made(made_.value_count());
        made_.define_value(made, {});
        made_.make_alias(made, random_.pick(scope_));
        scope_.push_back(made);
    }
    void write_conditional_trap() {
        const auto code = ir::trap_code::user(static_cast<unsigned>(random_.between(10, 12)));
        const auto tested = value_of(random_type_of(random_, ir::type_set::ints));
        if (random_.chance(50))
            to_.trapnz(to_.icmp_imm(ir::int_condition::eq, tested,
                                    static_cast<std::int64_t>(random_.below(3))),
                       code);
        else
            to_.trapz(to_.binary_imm(ir::opcode::bor_imm, tested,
                                     static_cast<std::int64_t>(random_.below(2))),
                      code);
    }

    // Calls.

    const planned_function& random_callee() {
        return random_.chance(80) ? random_.pick(plan_.functions) : random_.pick(plan_.imports);
    }
    values arguments_for(const ir::signature& as, bool for_tail_call) {
        values made;
        bool depth_given = false;
        for (const auto& one : as.parameters) {
            if (one.purpose == ir::parameter_purpose::vmctx) {
                made.push_back(memory_.vmctx());
            } else if (one.purpose == ir::parameter_purpose::sret) {
                made.push_back(memory_.pointer(for_tail_call));
            } else if (!std::exchange(depth_given, true)) {
                made.push_back(random_.chance(90) ? to_.binary_imm(ir::opcode::iadd_imm, depth_, -1)
                                                  : to_.iconst(ir::type::i32, 0));
            } else {
                made.push_back(value_of(one.type));
            }
        }
        return made;
    }
    ir::function_ref declared(const planned_function& callee) {
        return to_.declare_function(callee.name, callee.as, callee.name[0] == 'f');
    }
    /// A function's that has the signature, nearly always, or null.
    ir::value address_for(const ir::signature& as) {
        std::vector<const planned_function*> fit;
        for (const auto* const all : {&plan_.functions, &plan_.imports})
            for (const auto& one : *all)
                if (one.as == as || random_.chance(3)) fit.push_back(&one);
        if (fit.empty() || random_.chance(3)) return to_.iconst(ir::type::i64, 0);
        const auto address = to_.func_addr(ir::type::i64, declared(*random_.pick(fit)));
        if (fit.size() < 2 || random_.chance(50)) return address;
        return to_.select(condition(), address,
                          to_.func_addr(ir::type::i64, declared(*random_.pick(fit))));
    }
    void write_call() {
        if (random_.chance(20)) {
            const auto& as = random_.pick(plan_.signatures);
            const auto address = address_for(as);
            const auto arguments = arguments_for(as, false);
            for (const auto one : to_.call_indirect(to_.declare_signature(as), address, arguments))
                scope_.push_back(one);
            return;
        }
        const auto& callee = random_callee();
        const auto arguments = arguments_for(callee.as, false);
        for (const auto one : to_.call(declared(callee), arguments)) scope_.push_back(one);
    }

    // Ends.

    void leave() {
        if (calls_ && made_.signature.convention == ir::calling_convention::tail &&
            random_.chance(35) && write_tail_call())
            return;
        leave_without_call();
    }
    void leave_without_call() {
        if (random_.chance(4)) {
            to_.trap(ir::trap_code::user(static_cast<unsigned>(random_.between(1, 4))));
            return;
        }
        to_.return_(values_of(made_.signature.results |
                              ranges::views::transform(&ir::parameter::type) |
                              ranges::to<types>()));
    }
    bool write_tail_call() {
        const auto& callee = random_callee();
        if (callee.as.results != made_.signature.results ||
            callee.as.convention != ir::calling_convention::tail)
            return false;
        if (random_.chance(25)) {
            const auto address = address_for(callee.as);
            to_.return_call_indirect(to_.declare_signature(callee.as), address,
                                     arguments_for(callee.as, true));
        } else {
            to_.return_call(declared(callee), arguments_for(callee.as, true));
        }
        return true;
    }

    // Control flow.

    /// Two paths that meet again, or one path around.
    void write_choice() {
        const auto passed = random_types(2);
        const auto met = random_types(2);
        const auto decided = condition();
        const auto then = append_block(passed);
        const auto meeting = append_block(met);
        const auto then_passed = values_of(passed);
        if (random_.chance(35)) {
            const auto met_passed = values_of(met);
            if (random_.chance(50))
                to_.brif(decided, {then, then_passed}, {meeting, met_passed});
            else
                to_.brif(decided, {meeting, met_passed}, {then, then_passed});
            write_way(then, meeting, met);
        } else {
            const auto otherwise = append_block({});
            to_.brif(decided, {then, then_passed}, otherwise);
            write_way(then, meeting, met);
            write_way(otherwise, meeting, met);
        }
        enter(meeting);
    }
    void write_way(ir::block begin, ir::block end, const types& passed) {
        in_scope([&] {
            enter(begin);
            write_region();
            if (!to_.is_ended()) to_.jump({end, values_of(passed)});
        });
    }

    void write_switch() {
        const auto met = random_types(1);
        const auto meeting = append_block(met);
        std::vector<ir::block> ways;
        for (auto count = random_.between(1, 3); count != 0; --count)
            ways.push_back(append_block({}));
        const auto index = to_.binary_imm(ir::opcode::band_imm, value_of(ir::type::i32),
                                          random_.chance(80) ? 3 : -1);
        const auto met_passed = values_of(met);
        std::vector<ir::branch_target> targets;
        for (auto count = random_.between(0, 4); count != 0; --count) {
            if (random_.chance(20))
                targets.emplace_back(meeting, met_passed);
            else
                targets.emplace_back(random_.pick(ways));
        }
        to_.br_table(index, ways[0], targets);
        for (const auto one : ways) write_way(one, meeting, met);
        enter(meeting);
    }

    /// 1 to 4 times, unless it is left earlier.
    ir::value random_count() {
        if (random_.chance(50))
            return to_.iconst(ir::type::i32, static_cast<std::int64_t>(random_.between(1, 4)));
        const auto few = to_.binary_imm(ir::opcode::band_imm, value_of(ir::type::i32), 3);
        return to_.binary_imm(ir::opcode::bor_imm, few, 1);
    }
    void write_loop() {
        types carried{ir::type::i32};
        for (const auto one : random_types(2)) carried.push_back(one);
        const auto met = random_types(2);
        const auto header = append_block(carried);
        const auto exit = append_block(met);
        auto first = values_of(carried);
        first[0] = random_count();
        to_.jump({header, first});
        exits_.push_back({exit, met});
        in_scope([&] {
            enter(header);
            const auto count = to_.parameter(header);
            write_region();
            if (to_.is_ended()) return;
            auto next = values_of(carried);
            next[0] = to_.binary_imm(ir::opcode::iadd_imm, count, -1);
            const auto left = next[0];
            to_.brif(left, {header, next}, {exit, values_of(met)});
        });
        exits_.pop_back();
        enter(exit);
    }
    /// A loop that is entered at either of its two blocks.
    void write_two_entries() {
        const auto count = random_count();
        const auto one = append_block({ir::type::i32});
        const auto other = append_block({ir::type::i32});
        const auto exit = append_block({ir::type::i32});
        to_.brif(condition(), {one, {count}}, {other, {count}});
        for (const auto& [here, there] : {std::pair(one, other), std::pair(other, one)})
            in_scope([&] {
                enter(here);
                const auto taken = to_.parameter(here);
                write_region();
                if (to_.is_ended()) return;
                const auto left = to_.binary_imm(ir::opcode::iadd_imm, taken, -1);
                to_.brif(left, {there, {left}}, {exit, {value_of(ir::type::i32)}});
            });
        enter(exit);
    }

    /// Out of the function, or of a loop.
    void write_early_exit() {
        const auto decided = condition();
        const auto go_on = append_block({});
        if (!exits_.empty() && random_.chance(50)) {
            const auto& exit = random_.pick(exits_);
            to_.brif(decided, go_on, {exit.to, values_of(exit.takes)});
        } else {
            const auto out = append_block({});
            to_.brif(decided, go_on, out);
            in_scope([&] {
                to_.switch_to(out);
                leave();
            });
        }
        to_.switch_to(go_on);
    }

    // On top.

    /// It is unreachable, but may lead to reachable code.
    void write_unreachable() {
        const auto others = blocks_behind_entry();
        const auto here = append_block(random_types(1));
        enter(here);
        left_ = 3;
        nesting_ = 5;
        write_region();
        if (to_.is_ended()) return;
        if (others.empty() || random_.chance(40)) return leave();
        const auto next = random_.pick(others);
        const auto type_of = [&](ir::value one) { return made_.type_of(one); };
        to_.jump({next, values_of(made_.parameters(next) | ranges::views::transform(type_of) |
                                  ranges::to<types>())});
    }
    std::vector<ir::block> blocks_behind_entry() const {
        return made_.blocks() | ranges::views::tail | ranges::to<std::vector>();
    }
    /// But the entry.
    void shuffle_blocks() {
        auto others = blocks_behind_entry();
        for (const auto one : others) made_.remove(one);
        for (; !others.empty(); others.pop_back()) {
            std::swap(others[random_.below(others.size())], others.back());
            made_.place_at_end(others.back());
        }
    }

    random_source& random_;
    const random_plan& plan_;
    ir::function made_;
    ir::function_builder to_;
    random_memory memory_;
    values scope_;
    std::vector<loop_exit> exits_;
    ir::value depth_;
    int left_;
    int nesting_ = 0;
    bool calls_ = false;
    bool accesses_much_ = false;
};

}  // namespace palimpsest::test
