// SPDX-License-Identifier: Apache-2.0
// Values that are known before the function runs.
#pragma once

#include <cstdint>
#include <optional>
#include <palimpsest/ir/data_value.hpp>
#include <palimpsest/ir/function.hpp>

namespace palimpsest::ir::semantics {

/// The instruction that defines a value, through aliases; null for a parameter.
template <class = void>
inline const instruction* definition(const function& of, value which) noexcept {
    const auto& data = of[of.resolve(which)];
    return data.is == value_data::kind::result ? &of[inst(data.of)] : nullptr;
}

/// The number that a value always has; nothing unless it is a constant.
template <class = void>
inline std::optional<data_value> constant(const function& of, value which) noexcept {
    const auto* const by = definition(of, which);
    if (by == nullptr) return std::nullopt;
    switch (by->code) {
        case opcode::iconst:
            return data_value::of(by->type, by->immediate);
        case opcode::f32const:
            return data_value::of(type::f32, by->immediate);
        case opcode::f64const:
            return data_value::of(type::f64, by->immediate);
        default:
            return std::nullopt;
    }
}

/// The instruction for a constant, without a result yet.
inline instruction constant_instruction(type of, std::uint64_t bits) noexcept {
    instruction made;
    made.code = of == type::f32   ? opcode::f32const
                : of == type::f64 ? opcode::f64const
                                  : opcode::iconst;
    made.type = of;
    made.immediate = bits;
    return made;
}

}  // namespace palimpsest::ir::semantics
