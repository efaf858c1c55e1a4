// SPDX-License-Identifier: Apache-2.0
// The parameters and results of a function, and its calling convention.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/type.hpp>
#include <palimpsest/light_vector.hpp>
#include <string_view>

namespace palimpsest::ir {

/// How arguments and results are passed, by Cranelift's names. Caller and callee must agree on it.
enum class calling_convention : std::uint8_t {
    fast,
    cold,
    tail,
    system_v,
    windows_fastcall,
    apple_aarch64,
    probestack,
    winch,
    preserve_all
};
inline constexpr std::array<std::string_view, 9> calling_convention_names{
    "fast",          "cold",       "tail",  "system_v",    "windows_fastcall",
    "apple_aarch64", "probestack", "winch", "preserve_all"};

/// The purpose of a parameter, besides its value. `vmctx` marks the address of the instance's
/// state, from which globals are computed; linking requires the purposes of caller and callee to
/// agree. Nothing here depends on `sret`.
enum class parameter_purpose : std::uint8_t { normal, vmctx, sret };
inline constexpr std::array<std::string_view, 3> parameter_purpose_names{"", "vmctx", "sret"};

/// Says how an integer parameter that is smaller than a register is extended: with zeros, with its
/// sign, or not at all.
enum class parameter_extension : std::uint8_t { none, uext, sext };
inline constexpr std::array<std::string_view, 3> parameter_extension_names{"", "uext", "sext"};

/// A parameter or a result of a signature.
struct parameter {
    ir::type type{};
    parameter_purpose purpose{};
    parameter_extension extension{};

    friend bool operator==(const parameter&, const parameter&) = default;
};

/// The parameter and result types of a function, and its calling convention.
struct signature {
    light_vector<parameter> parameters;
    light_vector<parameter> results;
    calling_convention convention = calling_convention::fast;

    friend bool operator==(const signature&, const signature&) = default;
};

/// Whether parameters and results have the same types, whatever their purposes and the calling
/// conventions.
inline bool same_types(const signature& one, const signature& other) noexcept {
    const auto same = [](const light_vector<parameter>& left,
                         const light_vector<parameter>& right) {
        if (left.size() != right.size()) return false;
        for (std::size_t index = 0; index < left.size(); ++index)
            if (left[index].type != right[index].type) return false;
        return true;
    };
    return same(one.parameters, other.parameters) && same(one.results, other.results);
}

/// The index of the vmctx parameter; the number of parameters if there is none.
inline std::size_t place_of_vmctx(const signature& of) noexcept {
    std::size_t place = 0;
    while (place < of.parameters.size() && of.parameters[place].purpose != parameter_purpose::vmctx)
        ++place;
    return place;
}

}  // namespace palimpsest::ir
