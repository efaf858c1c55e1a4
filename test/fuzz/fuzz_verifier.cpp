// SPDX-License-Identifier: Apache-2.0
// ir::verify handles any function that can be made, however malformed. What it accepts runs,
// prints, and can be inlined.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/interpreter/interpreter.hpp>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/ir/verifier.hpp>
#include <span>
#include <vector>

#include "../support/inline_calls.hpp"
#include "require.hpp"

namespace ir = palimpsest::ir;
namespace test = palimpsest::test;

namespace {

/// A function built from bytes: each begins one step, and numbers are taken as they come.
class function_of_bytes {
  public:
    explicit function_of_bytes(std::span<const std::uint8_t> bytes) : left_(bytes) {}

    ir::function make() {
        made_.name = "f";
        made_.signature = signature();
        for (int steps = 0; !left_.empty() && steps < 200; ++steps) step();
        return std::move(made_);
    }

  private:
    std::uint8_t take() {
        if (left_.empty()) return 0;
        const auto first = left_.front();
        left_ = left_.subspan(1);
        return first;
    }
    std::size_t take_below(std::size_t count) { return take() % count; }

    /// Picks existing entities, mostly.
    template <class Entity>
    Entity entity(std::size_t count) {
        const auto number = take();
        if (number == 255) return Entity();
        if (number >= 250 || count == 0) return Entity(number);
        return Entity(number % count);
    }
    ir::value value() { return entity<ir::value>(made_.value_count()); }
    std::vector<ir::value> values() {
        std::vector<ir::value> made(take_below(4));
        for (auto& one : made) one = value();
        return made;
    }
    ir::type type() { return static_cast<ir::type>(take_below(7)); }

    palimpsest::light_vector<ir::parameter> parameters() {
        palimpsest::light_vector<ir::parameter> made(take_below(3));
        for (auto& one : made) {
            one.type = type();
            const auto byte = take();
            one.purpose = static_cast<ir::parameter_purpose>(byte % 3);
            if (byte % 32 == 5) one.extension = ir::parameter_extension::uext;
        }
        return made;
    }
    ir::signature signature() {
        ir::signature made;
        made.parameters = parameters();
        made.results = parameters();
        return made;
    }

    void step() {
        switch (take_below(16)) {
            case 0:
                made_.signatures.add(take_below(4) == 0 ? signature() : made_.signature);
                return;
            case 1:
                made_.functions.add({take_below(2) == 0 ? "f" : "g",
                                     entity<ir::signature_ref>(made_.signatures.size()), false});
                return;
            case 2:
                made_.stack_slots.add({take() * (take_below(8) == 0 ? 1U << 24U : 1U), take()});
                return;
            case 3:
                made_.globals.add(global());
                return;
            case 4: {
                const auto block = made_.make_block();
                if (take_below(8) == 0) return;
                made_.place_at_end(block);
                if (block != made_.entry()) return;
                for (const auto& one : made_.signature.parameters)
                    made_.append_parameter(block, one.type);
                return;
            }
            case 5:
                if (made_.block_count() != 0) made_.append_parameter(some_block(), type());
                return;
            case 6:
                if (made_.value_count() != 0) made_.make_alias(some_value(), some_value());
                return;
            case 7:
                if (made_.value_count() != 0 && made_.instruction_count() != 0)
                    made_.adopt_result(ir::inst(take_below(made_.instruction_count())),
                                       some_value(), type());
                return;
            case 8:
                if (!made_.entry()) return;
                if (const auto block = some_block(); block != made_.entry())
                    made_.set_cold(block);
                else  // which is never cold; numbers rarely repeat
                    made_.regions.add({made_.regions.size() % 7, "r"});
                return;
            default:
                if (made_.block_count() != 0) instruction();
        }
    }
    ir::block some_block() { return ir::block(take_below(made_.block_count())); }
    ir::value some_value() { return ir::value(take_below(made_.value_count())); }

    ir::global_data global() {
        ir::global_data made;
        made.is = static_cast<ir::global_data::kind>(take_below(4));
        if (made.is >= ir::global_data::kind::load || take_below(8) == 0)
            made.base = entity<ir::global_ref>(made_.globals.size());
        made.offset = take();
        made.type = type();
        made.flags = flags();
        made.symbol = "s";
        return made;
    }
    ir::memory_flags flags() {
        const auto set = take();
        const auto byte = take();
        const ir::alias_region region(byte / 32);  // mostly existing ones
        return ir::memory_flags(byte % 8 == 0 ? set * 2U : 0U,
                                byte % 32 == 22 ? region : ir::alias_region());
    }

    /// Its results are mostly as the table or the signature says.
    void instruction() {
        ir::instruction data;
        data.code = static_cast<ir::opcode>(take_below(ir::opcode_descriptions.size()));
        const auto& is = ir::describe(data.code);
        std::vector<ir::value> operands(is.operand_count);
        for (auto& one : operands) one = value();
        if (is.any_more_operands || take_below(16) == 0)
            for (const auto one : values()) operands.push_back(one);
        data.type = ir::semantics::told_type(made_, data.code, operands);
        if (data.type == ir::type::none || take_below(16) == 0) data.type = type();
        const auto number = take();
        data.condition = number < 250 ? number % 10 : number;
        data.trap = ir::trap_code::from_raw(take());
        data.flags = flags();
        data.entity = static_cast<std::uint32_t>(entity<ir::function_ref>(1).index());
        data.immediate = take();
        data.arguments = made_.add_values(operands);
        data.targets = made_.add_targets(targets(is.shape));
        const auto made = made_.append(some_block(), data);
        if (!ir::semantics::has_valid_reference(made_, data) || take_below(32) == 0) return;
        const ir::semantics::result_types results(made_, data);
        for (std::size_t place = 0; place < results.size(); ++place)
            made_.append_result(made, results[place]);
    }
    std::vector<ir::block_call> targets(ir::format shape) {
        std::size_t count = take_below(16) == 0 ? 1 : 0;
        if (shape == ir::format::jump) count += 1;
        if (shape == ir::format::branch) count += 2;
        if (shape == ir::format::branch_table) count += take_below(4);
        std::vector<ir::block_call> made;
        for (; count != 0; --count) {
            const auto to = entity<ir::block>(made_.block_count());
            made.push_back({to, made_.add_values(values())});
        }
        return made;
    }

    std::span<const std::uint8_t> left_;
    ir::function made_;
};

void run(const ir::module& of) {
    std::array<std::byte, 64> memory{};
    ir::interpreter<> machine(of, {.stack_bytes = 1U << 12U, .depth = 20, .fuel = 1000});
    machine.memory().add_at(0, memory);
    const auto& called = of.functions.front();
    std::vector<ir::data_value> arguments;
    for (const auto& one : called.signature.parameters) arguments.push_back({one.type, 1});
    (void)machine.run(called.name, arguments);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    ir::module made;
    made.functions.push_back(function_of_bytes({bytes, size}).make());
    if (!ir::verify(made).empty()) return 0;
    run(made);
    const auto printed = ir::text::print(made);
    try {
        const auto again = ir::text::read_module(printed);
        test::require(ir::text::print(again) == printed, "it prints otherwise", printed);
    } catch (const ir::text::error& refused) {
        test::require(false, refused.what(), printed);
    }
    const auto bodies = made;
    test::inline_calls(made.functions.front(), bodies);
    const auto problems = ir::verify(made);
    test::require(problems.empty(), "malformed when inlined into itself",
                  printed + (problems.empty() ? "" : problems.front().text));
    run(made);
    return 0;
}
