// SPDX-License-Identifier: Apache-2.0
// What a module does: each of its functions, run on a few arguments, and the comparison with what
// another module does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/ir/interpreter/interpreter.hpp>
#include <palimpsest/ir/module.hpp>
#include <string>
#include <vector>

#include "random_operation.hpp"
#include "random_source.hpp"
#include "world.hpp"

namespace palimpsest::test {

struct run_record {
    std::string function;
    std::vector<ir::data_value> arguments;
    ir::run_outcome outcome;
    std::vector<std::byte> memory;  // afterwards, and the calls of the host

    /// Whether the run ended by itself. When it runs out of fuel or stack depends on what was
    /// inlined.
    bool is_comparable() const noexcept {
        return !outcome.trap || (outcome.trap->code != ir::trap_code::out_of_fuel &&
                                 outcome.trap->code != ir::trap_code::stack_overflow);
    }
};

/// Arguments that a random module's function may be called with.
inline std::vector<ir::data_value> random_arguments(random_source& random,
                                                    const ir::signature& as) {
    std::vector<ir::data_value> made;
    bool depth_given = false;
    for (const auto& one : as.parameters) {
        if (one.purpose == ir::parameter_purpose::vmctx)
            made.push_back(
                ir::data_value::i64(world_layout::vmctx + random.below(2) * world_layout::other));
        else if (one.purpose == ir::parameter_purpose::sret)
            made.push_back(ir::data_value::i64(world_layout::scratch + 48));
        else if (!std::exchange(depth_given, true) && one.type == ir::type::i32)
            made.push_back(ir::data_value::i32(random.below(4)));
        else
            made.push_back(ir::data_value::of(one.type, random_bits(random, one.type)));
    }
    return made;
}

/// Each function of `names` three times. The functions must be there.
inline std::vector<run_record> behaviour_of(const ir::module& of,
                                            const std::vector<std::string>& names,
                                            std::uint64_t seed) {
    constexpr int runs = 3;
    world around;
    ir::interpreter<world_host> machine(
        of, {.stack_bytes = 1U << 14U, .depth = 100, .fuel = 1U << 14U}, world_host{&around});
    around.register_with(machine.memory());
    std::vector<run_record> made;
    for (const auto& name : names) {
        // The same for a function whatever others there are, since some may have been dropped.
        auto seed_of_this = seed;
        for (const char one : name)
            seed_of_this = seed_of_this * 31 + static_cast<unsigned char>(one);
        random_source random(seed_of_this);
        for (int run = 0; run < runs; ++run) {
            auto arguments = random_arguments(random, of.find(name)->signature);
            around.reset();
            auto outcome = machine.run(name, arguments);
            made.push_back({name, std::move(arguments), std::move(outcome), around.contents()});
        }
    }
    return made;
}

inline std::string text_of(const std::vector<ir::data_value>& values) {
    std::string made = "(";
    for (const auto& one : values) {
        if (made.size() > 1) made += ", ";
        made += std::string(ir::name(one.type)) + " " + std::to_string(one.bits);
    }
    return made + ")";
}
inline std::string text_of(const ir::run_outcome& outcome) {
    return outcome.trap ? "trap " + ir::name(outcome.trap->code) : text_of(outcome.results);
}

/// The difference between two runs of the same function on the same arguments; empty if there is
/// none, or if one of them did not end by itself.
inline std::string difference(const run_record& before, const run_record& after) {
    if (!before.is_comparable() || !after.is_comparable()) return {};
    const bool same_end =
        before.outcome.trap.has_value() == after.outcome.trap.has_value() &&
        (!before.outcome.trap || before.outcome.trap->code == after.outcome.trap->code);
    const auto called = "%" + before.function + text_of(before.arguments);
    if (!same_end || before.outcome.results != after.outcome.results)
        return called + " gave " + text_of(before.outcome) + ", gives " + text_of(after.outcome);
    if (before.memory != after.memory) return called + " leaves other memory behind";
    return {};
}

}  // namespace palimpsest::test
