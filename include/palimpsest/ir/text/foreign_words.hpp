// Words of Cranelift's that this library has no use for. A text with one of them is no mistake: it
// is told apart, as not supported.
#pragma once

#include <array>
#include <palimpsest/ir/text/lexer.hpp>
#include <string_view>

namespace palimpsest::ir::text {

inline constexpr std::array<std::string_view, 52> foreign_operations{
    "splat",
    "insertlane",
    "extractlane",
    "vconst",
    "shuffle",
    "swizzle",
    "iconcat",
    "isplit",
    "try_call",
    "try_call_indirect",
    "get_pinned_reg",
    "set_pinned_reg",
    "get_frame_pointer",
    "get_stack_pointer",
    "get_return_address",
    "tls_value",
    "get_exception_handler_address",
    "f16const",
    "f128const",
    "vall_true",
    "vany_true",
    "vhigh_bits",
    "swiden_low",
    "swiden_high",
    "uwiden_low",
    "uwiden_high",
    "snarrow",
    "unarrow",
    "uunarrow",
    "iadd_pairwise",
    "scalar_to_vector",
    "sqmul_round_sat",
    "uadd_sat",
    "sadd_sat",
    "usub_sat",
    "ssub_sat",
    "stack_switch",
    "sequence_point",
    "x86_pshufb",
    "x86_pmulhrsw",
    "x86_blendv",
    "x86_pmaddubsw",
    "x86_cvtt2dq",
    "extr",
    "dynamic_stack_addr",
    "dynamic_stack_load",
    "dynamic_stack_store",
    "fvdemote",
    "fvpromote_low",
    "fvpromote_high",
    "extract_vector",
    "blend"};

constexpr bool is_foreign_operation(std::string_view word) noexcept {
    for (const auto one : foreign_operations)
        if (one == word) return true;
    return false;
}

/// Wide integers, half and quadruple floats, vectors such as i32x4 and i32x4xN.
constexpr bool is_foreign_type(std::string_view word) noexcept {
    if (word == "i128" || word == "f16" || word == "f128") return true;
    const auto lanes = word.find('x');
    return lanes != std::string_view::npos && lanes >= 2 && lanes <= 4 && lanes + 1 < word.size() &&
           detail::is_digit(word[1]) && detail::is_digit(word[lanes + 1]) &&
           (word[0] == 'i' || word[0] == 'f');
}

}  // namespace palimpsest::ir::text
