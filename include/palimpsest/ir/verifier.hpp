// SPDX-License-Identifier: Apache-2.0
// Checks whether a function is well-formed, which everything else here relies on, and reports
// everything that is wrong.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <palimpsest/detail/compile_once.hpp>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/detail/name_table.hpp>
#include <palimpsest/ir/analysis/dominators.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/ir/semantics/result_types.hpp>
#include <palimpsest/light_vector.hpp>
#include <span>
#include <string>
#include <string_view>

namespace palimpsest::ir {

/// A problem of a function, and where it is. A problem of the whole function names no block, one of
/// a whole block no instruction.
struct problem {
    std::string text;
    block in;
    inst at;
};

/// The functions of a module by name, for look-ups in logarithmic time. The module must outlive it,
/// and not change.
template <class Tag = void>
class basic_functions_by_name {
  public:
    explicit basic_functions_by_name(const module& of) : functions_(of.functions) {
        for (std::size_t place = 0; place < functions_.size(); ++place)
            places_.add(functions_[place].name, place);
    }

    /// The first function of that name; null if there is none.
    const function* find(std::string_view name) const {
        const auto found = places_.find(name);
        return found ? &functions_[*found] : nullptr;
    }

  private:
    std::span<const function> functions_;
    palimpsest::detail::basic_name_table<Tag> places_;
};
using functions_by_name = basic_functions_by_name<>;

/// Checks one function, which must outlive it. Choose it over ir::verify to check a single
/// instruction, or calls against a table of functions. Use it once, or for one instruction after
/// another.
template <class = void>
class basic_verifier {
  public:
    /// Calls by name must agree with the signatures of the functions in `among`; if it is null, the
    /// declared signatures are trusted.
    explicit basic_verifier(const function& of, const functions_by_name* among = nullptr)
        : of_(of), among_(among) {}

    /// Checks the whole function. Returns nothing if it is well-formed.
    light_vector<problem> verify() {
        verify_declarations();
        verify_aliases();
        if (!problems_.empty()) return std::move(problems_);  // the rest relies on these
        if (!of_.entry()) {
            report({"the function has no block"});
            return std::move(problems_);
        }
        verify_entry();
        for (const auto one : of_.blocks()) verify_block(one);
        if (problems_.empty()) verify_dominance();  // needs blocks that are whole
        return std::move(problems_);
    }

    /// Checks one instruction of a block by itself: its type, the entities that it names, the
    /// number and types of its operands, results and targets. Aliases must lead to values.
    light_vector<problem> verify_alone(block in, inst which) {
        in_ = in;
        at_ = which;
        verify_instruction(which);
        return std::move(problems_);
    }

  private:
    // Reports.

    using text_part = palimpsest::detail::text_part;

    [[gnu::noinline, gnu::cold]] void report(std::initializer_list<text_part> text) {
        problems_.push_back({palimpsest::detail::concatenate(text), in_, at_});
    }

    template <class Entity>
    static text_part text_of(Entity of) noexcept {
        return {Entity::kind::prefix, of.index()};
    }
    static const char* plural(std::size_t count) noexcept { return count == 1 ? "" : "s"; }

    // Declarations.

    void verify_declarations() {
        verify_name(of_.name);
        verify_signature(of_.signature, "the function's signature");
        for (const auto& one : of_.signatures) verify_signature(one, "a signature");
        for (std::size_t number = 0; number < of_.stack_slots.size(); ++number)
            verify_stack_slot(stack_slot(number));
        verify_regions();
        for (const auto& one : of_.functions) verify_name(one.name);
        for (const auto& one : of_.functions)
            if (!one.is_left_out() && !of_.signatures.has(one.signature))
                report({"%", one.name, " is declared with a signature that is not there"});
        for (std::size_t number = 0; number < of_.globals.size(); ++number)
            verify_global(global_ref(number));
        if (problems_.empty()) verify_bases_of_globals();
        if (among_ != nullptr)
            for (const auto& one : of_.functions) verify_callee(one);
    }
    /// Reports names that cannot be written in text.
    [[gnu::noinline]] void verify_name(const std::string& name) {
        if (name.find_first_of("\"\n") != std::string::npos)
            report({"a name has a quotation mark, or a line's end: ", name});
    }
    [[gnu::noinline]] void verify_signature(const ir::signature& as, std::string_view what) {
        for (const auto* const all : {&as.parameters, &as.results})
            for (const auto& one : *all) {
                if (one.type == type::none) report({what, " has a value without type"});
                if (one.extension != parameter_extension::none && !is_integer(one.type))
                    report({what, " has ",
                            parameter_extension_names[static_cast<std::size_t>(one.extension)],
                            " on ", name(one.type), ": only integers are extended"});
            }
    }
    void verify_stack_slot(stack_slot which) {
        const auto& data = of_.stack_slots[which];
        if (data.size > stack_slot_data::most_size ||
            data.align_log2 > stack_slot_data::most_align_log2)
            report({text_of(which), " is larger, or aligned to more, than a slot may be"});
    }
    /// Each region has its own number, by which it is found in other functions.
    void verify_regions() {
        palimpsest::detail::name_table seen;  // the numbers
        palimpsest::detail::name_table repeated;
        for (const auto& one : of_.regions) {
            if (one.is_left_out()) continue;
            const auto number = palimpsest::detail::concatenate({one.number});
            if (!seen.add(number, 0) && repeated.add(number, 0))
                report({"two alias regions have the number ", number});
            if (one.name.find('"') != std::string::npos)
                report({"an alias region's name has a quotation mark: ", one.name});
        }
    }
    [[gnu::noinline]] void verify_region(alias_region region, text_part of) {
        if (!of_.regions.has(region) || of_.regions[region].is_left_out())
            report({of, " is in ", text_of(region), ", which is not declared"});
    }
    void verify_global(global_ref which) {
        const auto& data = of_.globals[which];
        const bool has_base =
            data.is == global_data::kind::load || data.is == global_data::kind::add;
        if (has_base != static_cast<bool>(data.base) || (has_base && !of_.globals.has(data.base)))
            report({text_of(which),
                    has_base ? " needs a base that is declared" : " has a base, and needs none"});
        if (data.type == type::none) report({text_of(which), " has no type"});
        verify_name(data.symbol);
        if (!data.flags.is_consistent())
            report({text_of(which), " has memory flags that exclude each other"});
        if (data.flags.region()) verify_region(data.flags.region(), text_of(which));
    }
    /// Bases are looked up in a chain, so a chain must not be too long, nor lead back to itself.
    /// Each base is walked once, in whatever order they are declared.
    void verify_bases_of_globals() {
        constexpr std::size_t unknown = ~std::size_t{0};
        constexpr std::size_t asked = unknown - 1;
        light_vector<std::size_t> depths(of_.globals.size(), unknown);
        light_vector<global_ref> way;
        for (std::size_t number = 0; number < depths.size(); ++number) {
            way.clear();
            global_ref at(number);
            for (; at && depths[at.index()] == unknown; at = of_.globals[at].base) {
                depths[at.index()] = asked;
                way.push_back(at);
            }
            if (at && depths[at.index()] == asked)
                return report({text_of(at), " has itself for a base, or for the base of a base"});
            for (auto next = at; !way.empty(); way.pop_back()) {
                depths[way.back().index()] = next ? depths[next.index()] + 1 : 0;
                next = way.back();
                if (depths[next.index()] <= global_data::most_bases) continue;
                return report({text_of(next), " has more than ", global_data::most_bases,
                               " bases, one behind the other"});
            }
        }
    }
    void verify_callee(const function_ref_data& declared) {
        const auto* const callee = among_->find(declared.name);
        if (callee == nullptr || !of_.signatures.has(declared.signature)) return;
        const auto& as = of_.signatures[declared.signature];
        if (!same_types(callee->signature, as))
            report({"%", declared.name, " is declared with types that are not its own"});
        else if (callee->signature.convention != as.convention)
            report({"%", declared.name, " is declared with a calling convention not its own"});
    }

    void verify_aliases() {
        enum class state : std::uint8_t { unknown, asked, sound, unsound };
        light_vector<state> known(of_.value_count(), state::unknown);
        light_vector<value> way;  // each is walked once, however long the chains of aliases
        for (std::size_t number = 0; number < of_.value_count(); ++number) {
            way.clear();
            value at(number);
            for (; leads_on(at) && known[at.index()] == state::unknown; at = value(of_[at].of)) {
                known[at.index()] = state::asked;
                way.push_back(at);
            }
            const bool is_there = at && at.index() < known.size();
            const bool ends = is_there && (!leads_on(at) || known[at.index()] == state::sound);
            for (const auto one : way) known[one.index()] = ends ? state::sound : state::unsound;
            if (known[number] == state::unsound)
                report({text_of(value(number)), " is an alias that leads nowhere"});
        }
    }
    bool leads_on(value which) const noexcept {
        return which && which.index() < of_.value_count() &&
               of_[which].is == value_data::kind::alias;
    }
    /// The value that another stands for; none if aliases form a cycle, or lead out of the
    /// function.
    [[gnu::noinline]] value resolve(value which) const noexcept {
        for (std::size_t steps = 0; steps <= of_.value_count(); ++steps) {
            if (!which || which.index() >= of_.value_count()) return {};
            if (of_[which].is != value_data::kind::alias) return which;
            which = value(of_[which].of);
        }
        return {};
    }

    // Blocks.

    void verify_entry() {
        in_ = of_.entry();
        const auto parameters = of_.parameters(in_);
        const auto& wanted = of_.signature.parameters;
        if (parameters.size() != wanted.size())
            report({"the entry has ", parameters.size(), " parameter", plural(parameters.size()),
                    ", the function's signature ", wanted.size()});
        for (std::size_t index = 0; index < std::min(parameters.size(), wanted.size()); ++index)
            verify_type(parameters[index], wanted[index].type, "a parameter of the function");
        if (of_.is_cold(in_)) report({"the entry is cold, and is executed with each call"});
        in_ = block();
    }

    void verify_block(block which) {
        in_ = which;
        if (!of_.last(which)) report({"the block is empty"});
        verify_definitions(of_.parameters(which), value_data::kind::parameter, which.index());
        for (const auto one : of_.instructions(which)) {
            at_ = one;
            const bool is_last = one == of_.last(which);
            if (ends_block(of_[one].code) != is_last)
                report({is_last ? "the block does not end with a branch, a return or a trap"
                                : "instructions stand behind the end of the block"});
            verify_instruction(one);
        }
        at_ = inst();
        in_ = block();
    }

    /// Each value has one definition, which it knows.
    [[gnu::noinline]] void verify_definitions(std::span<const value> all, value_data::kind kind,
                                              std::size_t of) {
        for (std::size_t place = 0; place < all.size(); ++place) {
            const auto& data = of_[all[place]];
            if (data.is != kind || data.of != of || data.number != place)
                report({text_of(all[place]), " is defined elsewhere too"});
            else if (data.type == type::none)
                report({text_of(all[place]), " has no type"});
        }
    }

    // Instructions.

    void verify_instruction(inst which) {
        const auto& data = of_[which];
        const auto& is = describe(data.code);
        if (is.has_controlling_type && !type_set::has(is.types, data.type))
            return report({is.name, " is not there for ", name(data.type)});
        if (!semantics::has_valid_reference(of_, data))
            return report({"it refers to what is not declared"});
        verify_fields(data, is);
        verify_definitions(of_.results(which), value_data::kind::result, which.index());
        if (!verify_values(which)) return;
        verify_operands(which, is);
        verify_results(which, is);
        verify_targets(which, is);
        if (const auto* const called = semantics::called_signature(of_, data))
            verify_call(which, *called);
        if (data.code == opcode::return_) verify_return(which);
        if (data.code == opcode::global_value) verify_global_value(which);
    }
    /// Checks the fields that are not entities.
    void verify_fields(const instruction& data, const opcode_description& is) {
        if (data.condition >= condition_count(is.shape)) report({"there is no such condition"});
        if (!data.trap.is_known()) report({"there is no such trap code"});
        verify_memory_flags(data, is);
        if (is.shape != format::integer && is.shape != format::float_constant) return;
        const auto as = only_type(is.results[0], data.type);
        if ((data.immediate & ~mask(as)) != 0)
            report({"the constant has more bits than ", name(as)});
    }
    void verify_memory_flags(const instruction& data, const opcode_description& is) {
        if (!data.flags.is_consistent()) report({"two memory flags exclude each other"});
        if (data.flags.region()) verify_region(data.flags.region(), is.name);
        const bool writes =
            has_effect(data.code, effect::stores) && data.code != opcode::atomic_load;
        if (writes && data.flags.has(memory_flags::readonly))
            report({is.name, " writes, and is said to be readonly"});
        const unsigned but_orders = data.flags.raw() & ~unsigned{memory_flags::byte_orders};
        if (data.code == opcode::bitcast && (but_orders != 0 || data.flags.region()))
            report({"bitcast has a byte order for a memory flag, and no other"});
    }
    static std::size_t condition_count(format shape) noexcept {
        switch (shape) {
            case format::int_compare:
            case format::int_compare_integer:
                return int_condition_names.size();
            case format::float_compare:
                return float_condition_names.size();
            case format::atomic_modify:
                return atomic_operation_names.size();
            default:
                return 256;  // none
        }
    }

    /// The type is that of the global; for the vmctx, that of the parameter it stands for, which
    /// must also exist for globals based on it.
    void verify_global_value(inst which) {
        const auto of = of_[which].as<global_ref>();
        auto root = of;
        for (std::size_t bases = 0; of_.globals[root].base; root = of_.globals[root].base)
            if (bases++ == global_data::most_bases)
                return report({"the global has no end of bases"});
        auto wanted = of_.globals[of].type;
        if (of_.globals[root].is == global_data::kind::vmctx) {
            const parameter* vmctx = nullptr;
            for (const auto& one : of_.signature.parameters)
                if (vmctx == nullptr && one.purpose == parameter_purpose::vmctx) vmctx = &one;
            if (vmctx == nullptr) return report({"the function has no parameter for the vmctx"});
            if (root == of) wanted = vmctx->type;
        }
        if (of_[which].type != wanted)
            report({"global_value is ", name(of_[which].type), ", and the global ", name(wanted)});
    }

    /// Whether each value that is used has a definition.
    bool verify_values(inst which) {
        const auto before = problems_.size();
        verify_uses(which, &basic_verifier::verify_value);
        return problems_.size() == before;
    }
    void verify_value(value used) {
        const auto found = resolve(used);
        if (found && of_[found].is != value_data::kind::unused) return;
        report({used ? text_of(used) : "a value", " is not defined"});
    }
    void verify_uses(inst which, void (basic_verifier::*check)(value)) {
        for (const auto one : of_.arguments(which)) (this->*check)(one);
        for (const auto& target : of_.targets(which))
            for (const auto one : of_.arguments(target)) (this->*check)(one);
    }

    [[gnu::noinline]] void verify_type(value which, type wanted, text_part as) {
        const auto has = of_.type_of(resolve(which));
        if (has != wanted)
            report({text_of(which), " is ", name(has), ", and ", as, " is ", name(wanted)});
    }

    void verify_operands(inst which, const opcode_description& is) {
        const auto arguments = of_.arguments(which);
        if (arguments.size() < is.operand_count ||
            (arguments.size() > is.operand_count && !is.any_more_operands))
            return report({is.name, " takes ", is.operand_count, " operand",
                           plural(is.operand_count), ", not ", arguments.size()});
        for (std::size_t index = 0; index < is.operand_count; ++index) {
            const auto has = of_.type_of(resolve(arguments[index]));
            if (allows(is.operands[index], of_[which].type, has)) continue;
            const auto only = only_type(is.operands[index], of_[which].type);
            report({text_of(arguments[index]), " is ", name(has), ", where ", is.name, " takes ",
                    only != type::none ? name(only) : name(is.operands[index])});
        }
    }

    void verify_results(inst which, const opcode_description& is) {
        if (semantics::called_signature(of_, of_[which]) != nullptr) return;  // verify_call does
        const auto results = of_.results(which);
        const semantics::result_types wanted(of_, of_[which]);
        if (results.size() != wanted.size())
            return report({is.name, " gives ", wanted.size(), " result", plural(wanted.size()),
                           ", not ", results.size()});
        for (std::size_t index = 0; index < results.size(); ++index)
            verify_type(results[index], wanted[index], "the result");
    }

    void verify_targets(inst which, const opcode_description& is) {
        const auto targets = of_.targets(which);
        const std::size_t least = is.shape == format::branch         ? 2
                                  : is.shape == format::jump         ? 1
                                  : is.shape == format::branch_table ? 1
                                                                     : 0;
        if (targets.size() < least || (targets.size() > least && is.shape != format::branch_table))
            report({is.name, " cannot have ", targets.size(), " target", plural(targets.size())});
        for (const auto& one : targets) verify_target(one);
    }
    void verify_target(const block_call& to) {
        if (!to.to || !of_.is_placed(to.to)) return report({"a branch leads to no block"});
        if (to.to == of_.entry()) report({"a branch leads to the entry"});
        const auto arguments = of_.arguments(to);
        const auto parameters = of_.parameters(to.to);
        if (arguments.size() != parameters.size())
            return report({text_of(to.to), " takes ", parameters.size(), " argument",
                           plural(parameters.size()), ", not ", arguments.size()});
        for (std::size_t index = 0; index < arguments.size(); ++index)
            verify_type(arguments[index], of_.type_of(parameters[index]),
                        {"the parameter of block", to.to.index()});
    }

    // Calls and returns.

    void verify_call(inst which, const ir::signature& as) {
        const auto& data = of_[which];
        const bool direct = describe(data.code).shape == format::call;
        const auto all = of_.arguments(which);
        verify_list(all.subspan(direct || all.empty() ? 0 : 1), as.parameters, "argument");
        if (!ends_block(data.code)) return verify_list(of_.results(which), as.results, "result");
        if (!of_.results(which).empty()) report({"a tail call has no results of its own"});
        if (!are_of_same_types(as.results, of_.signature.results))
            report({"a tail call gives results of other types than the function"});
        if (as.convention != of_.signature.convention)
            report({"a tail call has another calling convention than the function"});
    }
    static bool are_of_same_types(std::span<const parameter> one,
                                  std::span<const parameter> other) noexcept {
        bool same = one.size() == other.size();
        for (std::size_t place = 0; same && place < one.size(); ++place)
            same = one[place].type == other[place].type;
        return same;
    }
    void verify_return(inst which) {
        verify_list(of_.arguments(which), of_.signature.results, "value to return");
    }
    [[gnu::noinline]] void verify_list(std::span<const value> values,
                                       std::span<const parameter> wanted, std::string_view what) {
        if (values.size() != wanted.size())
            return report({"there are ", values.size(), " where the signature has ", wanted.size(),
                           " ", what, plural(wanted.size())});
        for (std::size_t index = 0; index < values.size(); ++index)
            verify_type(values[index], wanted[index].type, "the signature's");
    }

    // Dominance.

    /// Each use comes after its definition on every path; in unreachable blocks, the definition may
    /// be anywhere in the function.
    void verify_dominance() {
        const analysis::dominators tree(of_);
        const places defined(of_, tree);
        places_ = &defined;
        for (const auto in : of_.blocks()) {
            in_ = in;
            for (const auto one : of_.instructions(in)) {
                at_ = one;
                verify_uses(one, &basic_verifier::verify_order);
            }
        }
        at_ = inst();
        in_ = block();
    }
    void verify_order(value used) {
        if (!places_->is_defined(resolve(used), at_, in_))
            report({text_of(used), " is used where it need not be defined"});
    }

    /// The positions of the instructions of a function.
    class places {
      public:
        places(const function& of, const analysis::dominators& tree)
            : of_(of), tree_(tree), rows_(of.instruction_count()) {
            std::uint32_t number = 0;
            for (const auto in : of.blocks())
                for (const auto one : of.instructions(in)) rows_[one.index()] = {in, number++};
        }
        bool is_defined(value used, inst at, block in) const noexcept {
            const auto& data = of_[used];
            const bool is_parameter = data.is == value_data::kind::parameter;
            const auto from = is_parameter ? block(data.of) : rows_[data.of].in;
            if (!from || !of_.is_placed(from)) return false;
            if (!tree_.is_reachable(in)) return true;
            if (!tree_.is_reachable(from)) return false;
            if (is_parameter || from != in) return tree_.dominates(from, in);
            return rows_[data.of].number < rows_[at.index()].number;
        }

      private:
        struct row {
            block in;
            std::uint32_t number = 0;  // in the order of the whole function
        };
        const function& of_;
        const analysis::dominators& tree_;
        light_vector<row> rows_;
    };

    const function& of_;
    const functions_by_name* among_;
    block in_;
    inst at_;
    const places* places_ = nullptr;
    light_vector<problem> problems_;
};
using verifier = basic_verifier<>;

/// Everything that is wrong with a function; empty if it is well-formed.
template <class = void>
light_vector<problem> verify(const function& of) {
    return verifier(of).verify();
}

/// Everything that is wrong with the functions of a module, each problem preceded by the name of
/// its function. Calls by name must agree with the module's functions of that name.
template <class = void>
light_vector<problem> verify(const module& of) {
    const functions_by_name by_name(of);
    light_vector<problem> all;
    for (const auto& one : of.functions)
        for (auto& found : verifier(one, &by_name).verify()) {
            found.text = palimpsest::detail::concatenate({"%", one.name, ": ", found.text});
            all.push_back(std::move(found));
        }
    return all;
}

PALIMPSEST_COMPILE_ONCE(light_vector<problem> verify<void>(const function&));
PALIMPSEST_COMPILE_ONCE(light_vector<problem> verify<void>(const module&));

}  // namespace palimpsest::ir
