// SPDX-License-Identifier: Apache-2.0
// One random computing operation: any in the table that needs only values, numbers and conditions.
// Operations added to the table are included automatically.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <palimpsest/ir/builder.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/filter.hpp>
#include <vector>

#include "random_source.hpp"

namespace palimpsest::test {

/// The operations that a random function may compute with.
inline const std::vector<ir::opcode>& computing_operations() {
    static const std::vector<ir::opcode> all = [] {
        std::vector<ir::opcode> made;
        for (std::size_t place = 0; place < ir::opcode_descriptions.size(); ++place) {
            const auto& is = ir::opcode_descriptions[place];
            const bool other = (is.effects & ~ir::effect::traps) != 0 || is.result_count == 0;
            switch (is.shape) {
                case ir::format::values:
                case ir::format::value_and_integer:
                case ir::format::int_compare:
                case ir::format::int_compare_integer:
                case ir::format::float_compare:
                case ir::format::values_and_trap:
                case ir::format::flags_and_values:
                    if (!other) made.push_back(static_cast<ir::opcode>(place));
                    break;
                default:
                    break;
            }
        }
        return made;
    }();
    return all;
}

/// Boundary numbers, as often as others.
inline std::uint64_t random_bits(random_source& random, ir::type of) {
    if (of == ir::type::f32) {
        constexpr std::array<std::uint64_t, 9> all{0,          0x80000000, 0x3f800000,
                                                   0xbf800000, 0x3f000000, 0x7f800000,
                                                   0x7fc00000, 0x4f000000, 0x42280000};
        return random.pick(all);
    }
    if (of == ir::type::f64) {
        constexpr std::array<std::uint64_t, 8> all{0,
                                                   0x8000000000000000,
                                                   0x3ff0000000000000,
                                                   0xbff0000000000000,
                                                   0x3fe0000000000000,
                                                   0x7ff0000000000000,
                                                   0x7ff8000000000000,
                                                   0x43e0000000000000};
        return random.pick(all);
    }
    const std::uint64_t highest = std::uint64_t{1} << (bits(of) - 1);
    const std::array<std::uint64_t, 8> all{
        0, 1, 2, highest, highest - 1, ~std::uint64_t{0}, random.below(100), random.bits()};
    return random.pick(all) & mask(of);
}

inline ir::type random_type(random_source& random) { return random.pick(ir::all_types); }

/// A type of a set; none for none.
inline ir::type random_type_of(random_source& random, std::uint8_t set) {
    const auto all =
        ir::all_types |
        ranges::views::filter([&](ir::type one) { return ir::type_set::has(set, one); }) |
        ranges::to<std::vector>();
    return all.empty() ? ir::type::none : random.pick(all);
}

/// `value_of(type)` returns operands, `give(value)` takes results.
template <class ValueOf, class Give>
void write_random_operation(random_source& random, ir::function_builder& to, ValueOf&& value_of,
                            Give&& give) {
    const auto code = random.pick(computing_operations());
    const auto& is = ir::describe(code);
    if ((is.effects & ir::effect::traps) != 0 && !random.chance(20)) return;
    ir::instruction data;
    data.code = code;
    data.type = random_type_of(random, is.types);
    std::vector<ir::value> operands;
    for (std::size_t place = 0; place < is.operand_count; ++place) {
        const auto fits = ir::all_types | ranges::views::filter([&](ir::type one) {
                              return ir::allows(is.operands[place], data.type, one);
                          }) |
                          ranges::to<std::vector>();
        if (fits.empty()) return;  // such as what is narrower than i8
        operands.push_back(value_of(random.pick(fits)));
    }
    if (is.shape == ir::format::int_compare || is.shape == ir::format::int_compare_integer)
        data.condition = static_cast<std::uint8_t>(random.below(ir::int_condition_names.size()));
    if (is.shape == ir::format::float_compare)
        data.condition = static_cast<std::uint8_t>(random.below(ir::float_condition_names.size()));
    if (is.shape == ir::format::value_and_integer || is.shape == ir::format::int_compare_integer)
        data.immediate = random_bits(random, data.type);
    if (is.shape == ir::format::values_and_trap) data.trap = ir::trap_code::user(5);
    for (const auto one : to.results(to.append(data, operands))) give(one);
}

}  // namespace palimpsest::test
