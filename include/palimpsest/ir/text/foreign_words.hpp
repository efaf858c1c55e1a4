// SPDX-License-Identifier: Apache-2.0
// Cranelift's words that this library does not support, by the feature that they are part of. A
// text with one of them is not malformed, so it gets its own error, text::unsupported.
#pragma once

#include <array>
#include <cstddef>
#include <palimpsest/ir/text/lexer.hpp>
#include <string_view>

namespace palimpsest::ir::text {

/// A feature, as errors call it, and the words that belong to it, separated by spaces.
struct foreign_feature {
    const char* name;
    std::string_view words;
};

/// The names of operations, by feature.
inline constexpr std::array<foreign_feature, 10> foreign_operations{{
    {"vectors",
     "splat swizzle shuffle insertlane extractlane vconst vall_true vany_true vhigh_bits "
     "scalar_to_vector snarrow unarrow uunarrow swiden_low swiden_high uwiden_low uwiden_high "
     "uadd_sat sadd_sat usub_sat ssub_sat iadd_pairwise sqmul_round_sat fvdemote fvpromote_low "
     "uload8x8 sload8x8 uload16x4 sload16x4 uload32x2 sload32x2 x86_pshufb x86_pmulhrsw "
     "x86_blendv x86_pmaddubsw x86_cvtt2dq fcvt_low_from_sint vsplit vconcat vselect "
     "widening_pairwise_dot_product_s"},
    {"dynamic vectors", "extract_vector dynamic_stack_addr dynamic_stack_load dynamic_stack_store"},
    {"integers of 128 bits", "iconcat isplit"},
    {"floats of 16 and 128 bits", "f16const f128const"},
    {"exception tables", "try_call try_call_indirect get_exception_handler_address"},
    {"patchable calls", "patchable_call"},
    {"debug tags", "sequence_point"},
    {"thread-local symbols", "tls_value"},
    {"stack switching", "stack_switch"},
    {"machine registers",
     "get_pinned_reg set_pinned_reg get_frame_pointer get_stack_pointer get_return_address"},
}};

/// The words before the number of a declaration, as in `dt0 = i32x4*gv0`, by feature.
inline constexpr std::array<foreign_feature, 7> foreign_declarations{{
    {"vector constants", "const"},
    {"dynamic vectors", "dt"},
    {"dynamic stack slots", "dss"},
    {"memory types", "mt"},
    {"heaps", "heap"},
    {"tables", "table"},
    {"jump tables", "jt"},
}};

/// The names of calling conventions, separated by spaces.
inline constexpr std::string_view foreign_conventions = "patchable ghc";

/// Whether a word is among others, which are separated by spaces.
constexpr bool is_among(std::string_view word, std::string_view words) noexcept {
    while (!words.empty()) {
        const auto end = words.find(' ');
        if (words.substr(0, end) == word) return true;
        words = end == std::string_view::npos ? std::string_view() : words.substr(end + 1);
    }
    return false;
}

/// The feature that a Cranelift operation belongs to; empty if there is no such operation.
constexpr std::string_view feature_of_operation(std::string_view word) noexcept {
    for (const auto& one : foreign_operations)
        if (is_among(word, one.words)) return one.name;
    return {};
}

/// The feature that a Cranelift type belongs to; empty if there is no such type: wide integers,
/// half and quadruple floats, vectors such as i32x4, and those whose length is known only at run
/// time, such as i32x4xN and dt0.
constexpr std::string_view feature_of_type(std::string_view word) noexcept {
    if (word == "i128") return "integers of 128 bits";
    if (word == "f16" || word == "f128") return "floats of 16 and 128 bits";
    if (word.starts_with("dt") && word.size() > 2 && detail::is_digit(word[2]))
        return "dynamic vectors";
    const auto lanes = word.find('x');
    if (lanes == std::string_view::npos || lanes < 2 || lanes > 4 || lanes + 1 >= word.size() ||
        !detail::is_digit(word[1]) || !detail::is_digit(word[lanes + 1]) ||
        (word[0] != 'i' && word[0] != 'f'))
        return {};
    return word.ends_with("xN") ? "dynamic vectors" : "vectors";
}

}  // namespace palimpsest::ir::text
