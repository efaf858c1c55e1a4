// SPDX-License-Identifier: Apache-2.0
// Runs a module on native memory, instruction by instruction.
//
// A program always ends with results or with a trap, which is a value: accessing unregistered
// memory, too deep recursion, and an endless loop (with limited fuel) are traps. For tests, for
// folding at compile time, and to see what an inlined program does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/data_value.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/interpreter/code.hpp>
#include <palimpsest/ir/interpreter/host.hpp>
#include <palimpsest/ir/interpreter/memory_map.hpp>
#include <palimpsest/ir/interpreter/memory_operations.hpp>
#include <palimpsest/ir/interpreter/outcome.hpp>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/ir/semantics/operations.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace palimpsest::ir {

/// Runs functions of a module. The module must be well-formed (ir::verify), outlive the
/// interpreter, and not change. Choose it for tests and for small programs: it executes one
/// instruction after the other. It allocates its stack at the start. Only one thread at a time may
/// use it.
template <InterpreterHost Host = no_host>
class interpreter {
  public:
    explicit interpreter(const module& of, interpreter_limits limits = {}, Host host = Host())
        : module_(of),
          limits_(limits),
          host_(std::move(host)),
          stack_(limits.stack_bytes),
          codes_(of.functions.size()) {
        for (std::size_t number = 0; number < of.functions.size(); ++number)
            numbers_.emplace(of.functions[number].name, number);
        memory_.add(stack_);
        memory_.add_at(low_stack, stack_);
    }
    interpreter(const interpreter&) = delete;
    interpreter& operator=(const interpreter&) = delete;

    /// The memory that programs may access; add to it what they need.
    memory_map& memory() noexcept { return memory_; }
    Host& host() noexcept { return host_; }
    /// The number of instructions executed by all runs since construction.
    std::uint64_t instructions_run() const noexcept { return instructions_run_; }

    /// Runs a function. Throws std::invalid_argument if there is none of this name, or the
    /// arguments do not match; passes on exceptions of the host.
    run_outcome run(std::string_view name, std::span<const data_value> arguments) {
        const auto found = numbers_.find(name);
        if (found == numbers_.end())
            throw std::invalid_argument(palimpsest::detail::concatenate(
                {"palimpsest: interpreter: there is no function %", name}));
        require_fit(module_.functions[found->second], arguments);
        return run_function(found->second, arguments);
    }

  private:
    using step = detail::step;

    /// The state of an entered function.
    struct frame {
        detail::code* code = nullptr;
        const step* at = nullptr;
        std::size_t registers = 0;  // where they begin
        std::size_t stack = 0;
    };

    static void require_fit(const function& called, std::span<const data_value> arguments) {
        const auto& wanted = called.signature.parameters;
        bool fits = wanted.size() == arguments.size();
        for (std::size_t index = 0; fits && index < wanted.size(); ++index)
            fits = wanted[index].type == arguments[index].type;
        if (!fits)
            throw std::invalid_argument(palimpsest::detail::concatenate(
                {"palimpsest: interpreter: the arguments do not fit %", called.name}));
    }

    run_outcome run_function(std::size_t number, std::span<const data_value> arguments) {
        frames_.clear();
        registers_.clear();
        stack_used_ = 0;
        fuel_ = limits_.fuel;
        values_.clear();
        for (const auto& one : arguments) values_.push_back(one.bits);
        run_outcome made;
        if (const auto code = enter(number))
            made.trap = trap_report{*code, &module_.functions[number], inst()};
        else
            made.trap = run_frames();
        instructions_run_ += limits_.fuel - fuel_;
        if (made.trap) return made;
        const auto& results = module_.functions[number].signature.results;
        for (std::size_t index = 0; index < results.size(); ++index)
            made.results.push_back({results[index].type, values_[index]});
        return made;
    }

    detail::code& code_of(std::size_t number) {
        auto& made = codes_[number];
        if (!made) made.emplace(module_.functions[number]);
        return *made;
    }

    using stop = std::optional<trap_code>;

    // Frames.

    /// Enters a function with `values_` as arguments.
    stop enter(std::size_t number) {
        auto& code = code_of(number);
        if (frames_.size() >= limits_.depth ||
            limits_.stack_bytes - stack_used_ < code.stack_bytes())
            return trap_code::stack_overflow;
        frames_.push_back({&code, code.begin(), registers_.size(), stack_used_});
        registers_.resize(registers_.size() + code.register_count());
        std::memset(stack_.data() + stack_used_, 0, code.stack_bytes());
        stack_used_ += code.stack_bytes();
        auto* const to = registers_.data() + frames_.back().registers;
        std::size_t index = 0;
        for (const auto parameter : code.of().parameters(code.of().entry()))
            to[parameter.index()] = values_[index++];
        return std::nullopt;
    }
    void leave() noexcept {
        const auto& left = frames_.back();
        registers_.resize(left.registers);
        stack_used_ = left.stack;
        frames_.pop_back();
    }

    /// Runs until the first frame returns, with its results in `values_`.
    std::optional<trap_report> run_frames() {
        while (!frames_.empty())
            if (auto trapped = run_frame()) return trapped;
        return std::nullopt;
    }

    // Values of the running frame.

    struct running {
        interpreter& of;
        detail::code& code;
        std::uint64_t* registers;
        const step* at;

        std::uint64_t first() const noexcept { return registers[at->first]; }
        std::uint64_t second() const noexcept { return registers[at->second]; }
        std::uint64_t third() const noexcept { return registers[at->third]; }
        void give(std::uint64_t bits) const noexcept { registers[at->result] = bits; }
        void give_second(std::uint64_t bits) const noexcept { registers[at->second_result] = bits; }
        void go_to(const detail::target& target) {
            if (target.count != 0) of.pass(registers, code, target);
            at = code.begin() + target.step;
        }
    };

    /// Copies the arguments of a branch to the parameters of a block, all at once.
    void pass(std::uint64_t* registers, const detail::code& code, const detail::target& target) {
        const auto from = code.registers(target.from, target.count);
        const auto to = code.registers(target.from + target.count, target.count);
        if (target.count == 1) {
            registers[to[0]] = registers[from[0]];
            return;
        }
        passed_.clear();
        for (const auto one : from) passed_.push_back(registers[one]);
        for (std::size_t index = 0; index < to.size(); ++index)
            registers[to[index]] = passed_[index];
    }

    /// Runs the last frame until it calls, returns or traps.
    std::optional<trap_report> run_frame() {
        auto& last = frames_.back();
        running now{*this, *last.code, registers_.data() + last.registers, last.at};
        if (const auto code = run_until_left(now))
            return trap_report{*code, &now.code.of(), now.at->origin};
        return std::nullopt;
    }
    stop run_until_left(running& now) {
        for (;; --fuel_) {
            if (fuel_ == 0) return trap_code::out_of_fuel;
            switch (now.at->code) {
                case opcode::jump:
                    now.go_to(*now.code.first_target(*now.at));
                    continue;
                case opcode::brif:
                    now.go_to(now.code.first_target(*now.at)[now.first() != 0 ? 0 : 1]);
                    continue;
                case opcode::br_table: {
                    const auto targets = now.code.targets(*now.at);
                    const auto place = now.first() + 1;
                    now.go_to(targets[place < targets.size() ? place : 0]);
                    continue;
                }
                case opcode::return_:
                    --fuel_;
                    finish(now);
                    return std::nullopt;
                case opcode::call:
                case opcode::call_indirect:
                case opcode::return_call:
                case opcode::return_call_indirect:
                    --fuel_;
                    frames_.back().at = now.at;  // where to resume
                    return call(now);
                case opcode::trap:
                    --fuel_;
                    return now.at->trap;
                default:
                    if (const auto trapped = now.at->needs_only_operands
                                                 ? semantics::run_operation(now)
                                                 : run_with_memory(now))
                        return trapped;
                    ++now.at;
            }
        }
    }

    void finish(running& now) {
        gather(now, 0);
        leave();
        if (!frames_.empty()) hand_over();
    }
    /// Copies the results of a call to the frame that waits for them.
    void hand_over() noexcept {
        auto& waiting = frames_.back();
        const auto& at = *waiting.at;
        const auto to =
            waiting.code->registers(at.results_begin, static_cast<std::uint32_t>(values_.size()));
        for (std::size_t index = 0; index < to.size(); ++index)
            registers_[waiting.registers + to[index]] = values_[index];
        ++waiting.at;
    }
    void gather(const running& now, std::uint32_t skipped) {
        values_.clear();
        for (const auto one : now.code.registers(now.at->arguments_begin + skipped,
                                                 now.at->arguments_count - skipped))
            values_.push_back(now.registers[one]);
    }

    // Calls.

    using callee = detail::callee;

    stop call(running& now) {
        const auto& in = now.code.of();
        const bool tail = ends_block(now.at->code);
        if (describe(now.at->code).shape == format::call) {
            gather(now, 0);
            const function_ref named(now.at->entity);
            auto& known = now.code.callee_of(named);
            const auto& [name, as, colocated] = in.functions[named];
            if (known.is == callee::kind::unknown) known = find_callee(name, in.signatures[as]);
            return call(known, name, in.signatures[as], tail);
        }
        gather(now, 1);
        const auto address = now.first();
        if (address == 0) return trap_code::indirect_call_to_null;
        const auto number = address / function_alignment - 1;
        if (address % function_alignment != 0 || number >= names_.size())
            return trap_code::bad_signature;
        const auto& as = in.signatures[signature_ref(now.at->entity)];
        return call(find_callee(names_[number], as), names_[number], as, tail);
    }
    callee find_callee(std::string_view name, const signature& as) const {
        const auto found = numbers_.find(name);
        if (found == numbers_.end()) return {callee::kind::host};
        if (!same_types(module_.functions[found->second].signature, as))
            return {callee::kind::other_types};
        return {callee::kind::function, static_cast<std::uint32_t>(found->second)};
    }
    stop call(callee called, std::string_view name, const signature& as, bool tail) {
        if (called.is == callee::kind::host) return call_host(name, as, tail);
        if (called.is != callee::kind::function) return trap_code::bad_signature;
        if (tail) leave();
        return enter(called.number);
    }
    stop call_host(std::string_view name, const signature& as, bool tail) {
        std::vector<data_value> arguments;
        for (std::size_t index = 0; index < as.parameters.size(); ++index)
            arguments.push_back({as.parameters[index].type, values_[index]});
        std::vector<data_value> results;
        for (const auto& one : as.results) results.push_back({one.type, 0});
        if (const auto trapped = host_.call(name, as, arguments, results)) return trapped;
        values_.clear();
        for (const auto& one : results) values_.push_back(one.bits & mask(one.type));
        if (tail) leave();
        if (!frames_.empty()) hand_over();
        return std::nullopt;
    }

    /// The result of func_addr: a number that is not a real address.
    std::uint64_t address_of(std::string_view name) {
        const auto [place, added] = name_numbers_.try_emplace(std::string(name), names_.size());
        if (added) names_.push_back(place->first);
        return (place->second + 1) * function_alignment;
    }

    // Addresses.

    /// The address of a stack slot. An i32 cannot hold an address of the process, so the stack has
    /// a second address for it.
    std::uint64_t slot_address(const running& now, ir::type as) const noexcept {
        const auto begin =
            as == type::i32 ? low_stack : reinterpret_cast<std::uintptr_t>(stack_.data());
        return begin + frames_.back().stack + now.code.slot_offset(now.at->entity) +
               now.at->immediate;
    }

    stop load_global(running& now, global_ref which) {
        std::uint64_t bits = 0;
        if (const auto trapped = find_global(now, which, bits)) return trapped;
        now.give(bits & mask(now.at->type));
        return std::nullopt;
    }
    stop find_global(const running& now, global_ref which, std::uint64_t& bits) {
        const auto& global = now.code.of().globals[which];
        const auto offset = static_cast<std::uint64_t>(global.offset);
        switch (global.is) {
            case global_data::kind::vmctx:
                return find_vmctx(now, bits);
            case global_data::kind::symbol: {
                const auto address = host_.symbol(global.symbol);
                bits = (address ? *address : address_of(global.symbol)) + offset;
                return std::nullopt;
            }
            case global_data::kind::add:
                if (const auto trapped = find_global(now, global.base, bits)) return trapped;
                bits = (bits + offset) & mask(global.type);
                return std::nullopt;
            case global_data::kind::load: {
                if (const auto trapped = find_global(now, global.base, bits)) return trapped;
                const auto loaded = access_.read(bits + offset, bytes(global.type),
                                                 global.flags.has(memory_flags::big));
                if (!loaded) return trap_code::heap_out_of_bounds;
                bits = *loaded;
                return std::nullopt;
            }
        }
        return std::nullopt;
    }
    static stop find_vmctx(const running& now, std::uint64_t& bits) noexcept {
        const auto& in = now.code.of();
        const auto place = place_of_vmctx(in.signature);
        if (place == in.signature.parameters.size()) return trap_code::no_body;
        bits = now.registers[in.parameters(in.entry())[place].index()];
        return std::nullopt;
    }

    /// Runs an operation that needs more than its operands, and after which the next instruction
    /// follows.
    stop run_with_memory(running& now) {
        const auto& at = *now.at;
        const auto of = at.type;
        switch (at.code) {
            case opcode::stack_addr:
                now.give(slot_address(now, of) & mask(of));
                break;
            case opcode::stack_load:
                return access_.load(now, slot_address(now, type::i64), bytes(of), false);
            case opcode::stack_store:
                return access_.store(now, slot_address(now, type::i64), now.first(), bytes(of));
            case opcode::global_value:
            case opcode::symbol_value:
                return load_global(now, global_ref(at.entity));
            case opcode::func_addr:
                now.give(address_of(now.code.of().functions[function_ref(at.entity)].name) &
                         mask(of));
                break;
            default:
                return access_.run(now);
        }
        return std::nullopt;
    }

    static constexpr std::uint64_t function_alignment = 16;
    static constexpr std::uint64_t low_stack = 1U << 16U;

    const module& module_;
    interpreter_limits limits_;
    [[no_unique_address]] Host host_;
    palimpsest::detail::dependent<std::vector<std::byte>, Host> stack_;
    memory_map memory_;
    detail::memory_operations access_{memory_};
    palimpsest::detail::dependent<std::map<std::string_view, std::size_t>, Host> numbers_;
    palimpsest::detail::dependent<std::vector<std::optional<detail::code>>, Host>
        codes_;  // of the functions that were called
    palimpsest::detail::dependent<std::map<std::string, std::size_t>, Host>
        name_numbers_;  // of functions and symbols with an address
    palimpsest::detail::dependent<std::vector<std::string_view>, Host> names_;
    palimpsest::detail::dependent<std::vector<frame>, Host> frames_;
    palimpsest::detail::dependent<std::vector<std::uint64_t>, Host> registers_;
    palimpsest::detail::dependent<std::vector<std::uint64_t>, Host>
        values_;  // arguments and results in transit
    palimpsest::detail::dependent<std::vector<std::uint64_t>, Host> passed_;
    std::size_t stack_used_ = 0;
    std::uint64_t fuel_ = 0;
    std::uint64_t instructions_run_ = 0;
};

}  // namespace palimpsest::ir
