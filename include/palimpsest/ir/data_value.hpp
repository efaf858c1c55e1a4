// SPDX-License-Identifier: Apache-2.0
// A value outside of a program.
#pragma once

#include <bit>
#include <cstdint>
#include <palimpsest/ir/type.hpp>

namespace palimpsest::ir {

/// A value outside of a program, such as an argument of the interpreter: its type and its bits.
struct data_value {
    ir::type type = ir::type::none;
    std::uint64_t bits = 0;  // zero above those of the type

    static constexpr data_value i8(std::uint64_t bits) noexcept { return of(type::i8, bits); }
    static constexpr data_value i16(std::uint64_t bits) noexcept { return of(type::i16, bits); }
    static constexpr data_value i32(std::uint64_t bits) noexcept { return of(type::i32, bits); }
    static constexpr data_value i64(std::uint64_t bits) noexcept { return of(type::i64, bits); }
    static constexpr data_value f32(float number) noexcept {
        return of(type::f32, std::bit_cast<std::uint32_t>(number));
    }
    static constexpr data_value f64(double number) noexcept {
        return of(type::f64, std::bit_cast<std::uint64_t>(number));
    }
    /// A value of a type, from the low bits of `bits`.
    static constexpr data_value of(ir::type as, std::uint64_t bits) noexcept {
        return {as, bits & mask(as)};
    }

    friend constexpr bool operator==(const data_value&, const data_value&) noexcept = default;
};

}  // namespace palimpsest::ir
