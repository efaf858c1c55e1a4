// SPDX-License-Identifier: Apache-2.0
// The intrinsics, by which builtins reach the host, and guests never do: loads and stores at host
// addresses, and the address of the instance's host data. Each is a function of IR like any other,
// so that a call of one is inlined away, or runs as it is.
//
//     name                       signature                          gives
//     uN-native-load             (address) -> iN                    the value at the address
//     uN-native-store            (address, iN)
//     uN-checked-load            (base, offset, length) -> iN       at base + offset; trap heap_oob
//     uN-checked-store           (base, offset, length, iN)         unless offset + size <= length
//     host-data-address          () -> address                      of the symbol host_data
//     vmctx-host-data-address    (vmctx) -> address                 the first 8 bytes of the vmctx
//
// N is 8, 16, 32, 64; addresses, offsets and lengths are i64, lengths in bytes. Values have the
// byte order of the machine, and addresses need no alignment. The builtin guarantees that the
// addresses it names can be accessed: nothing else checks them. The names follow Wasmtime's unsafe
// intrinsics.
//
// Of the two addresses, the first suits code that is compiled for each instance: the embedder binds
// the symbol. The second suits code that instances share: guest and builtin pass the vmctx on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/builder.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>
#include <palimpsest/link/module.hpp>
#include <string>
#include <string_view>

namespace palimpsest::builtin {

/// The module that builtins import intrinsics from: "intrinsics/u8-native-load".
inline constexpr std::string_view intrinsics_module = "intrinsics";
/// The symbol whose address `host-data-address` gives. Only intrinsics may refer to it.
inline constexpr std::string_view host_data_symbol = "host_data";

namespace detail {

enum class intrinsic_body : std::uint8_t {
    native_load,
    native_store,
    checked_load,
    checked_store,
    host_data_address,
    vmctx_host_data_address
};
struct intrinsic {
    std::string_view name;
    ir::type value;  // what is loaded or stored
    intrinsic_body body;
};
inline constexpr intrinsic intrinsics[] = {
    {"u8-native-load", ir::type::i8, intrinsic_body::native_load},
    {"u16-native-load", ir::type::i16, intrinsic_body::native_load},
    {"u32-native-load", ir::type::i32, intrinsic_body::native_load},
    {"u64-native-load", ir::type::i64, intrinsic_body::native_load},
    {"u8-native-store", ir::type::i8, intrinsic_body::native_store},
    {"u16-native-store", ir::type::i16, intrinsic_body::native_store},
    {"u32-native-store", ir::type::i32, intrinsic_body::native_store},
    {"u64-native-store", ir::type::i64, intrinsic_body::native_store},
    {"u8-checked-load", ir::type::i8, intrinsic_body::checked_load},
    {"u16-checked-load", ir::type::i16, intrinsic_body::checked_load},
    {"u32-checked-load", ir::type::i32, intrinsic_body::checked_load},
    {"u64-checked-load", ir::type::i64, intrinsic_body::checked_load},
    {"u8-checked-store", ir::type::i8, intrinsic_body::checked_store},
    {"u16-checked-store", ir::type::i16, intrinsic_body::checked_store},
    {"u32-checked-store", ir::type::i32, intrinsic_body::checked_store},
    {"u64-checked-store", ir::type::i64, intrinsic_body::checked_store},
    {"host-data-address", ir::type::i64, intrinsic_body::host_data_address},
    {"vmctx-host-data-address", ir::type::i64, intrinsic_body::vmctx_host_data_address}};

/// Writes one intrinsic. One function writes all of them, since users pay for the compilation of
/// each.
template <class = void>
class intrinsic_writer {
    using body = intrinsic_body;
    static constexpr ir::memory_flags accessible{ir::memory_flags::notrap};

  public:
    static ir::function write(const intrinsic& which) {
        ir::function made;
        made.name = which.name;
        declare(made.signature, which);
        ir::function_builder to(made);
        const auto entry = to.append_entry();
        to.switch_to(entry);
        const auto parameter = [&](std::size_t index) { return to.parameter(entry, index); };
        const bool is_checked =
            which.body == body::checked_load || which.body == body::checked_store;
        if (which.body == body::host_data_address) {
            ir::global_data symbol;
            symbol.is = ir::global_data::kind::symbol;
            symbol.symbol = host_data_symbol;
            to.return_({to.symbol_value(ir::type::i64, to.declare_global(symbol))});
        } else if (which.body == body::vmctx_host_data_address) {
            using flags = ir::memory_flags;
            to.return_(
                {to.load(ir::type::i64, parameter(0), 0,
                         flags(flags::notrap | flags::aligned | flags::readonly | flags::vmctx))});
        } else {
            const auto at = is_checked ? checked_address(to, ir::bytes(which.value), parameter(0),
                                                         parameter(1), parameter(2))
                                       : parameter(0);
            if (which.body == body::native_load || which.body == body::checked_load) {
                to.return_({to.load(which.value, at, 0, accessible)});
            } else {
                to.store(parameter(is_checked ? 3 : 1), at, 0, accessible);
                to.return_();
            }
        }
        return made;
    }

  private:
    static void declare(ir::signature& to, const intrinsic& which) {
        const auto add = [](light_vector<ir::parameter>& all, ir::type type) {
            all.push_back({.type = type});
        };
        const bool is_store = which.body == body::native_store || which.body == body::checked_store;
        if (which.body != body::host_data_address) add(to.parameters, ir::type::i64);
        if (which.body == body::vmctx_host_data_address)
            to.parameters[0].purpose = ir::parameter_purpose::vmctx;
        if (which.body == body::checked_load || which.body == body::checked_store) {
            add(to.parameters, ir::type::i64);
            add(to.parameters, ir::type::i64);
        }
        add(is_store ? to.parameters : to.results, which.value);
    }
    /// Writes the check of the bounds, and gives the address. No sum can overflow: the size is
    /// subtracted from the length, which is not less.
    static ir::value checked_address(ir::function_builder& to, std::int64_t size, ir::value base,
                                     ir::value offset, ir::value length) {
        constexpr auto outside = ir::trap_code::heap_out_of_bounds;
        if (size == 1) {
            to.trapz(to.icmp(ir::int_condition::ult, offset, length), outside);
        } else {
            to.trapnz(to.icmp_imm(ir::int_condition::ult, length, size), outside);
            const auto last = to.binary_imm(ir::opcode::iadd_imm, length, -size);
            to.trapnz(to.icmp(ir::int_condition::ugt, offset, last), outside);
        }
        return to.binary(ir::opcode::iadd, base, offset);
    }
};

}  // namespace detail

/// Whether an intrinsic has this name, such as "u8-native-load". Works at compile time too.
constexpr bool is_intrinsic(std::string_view name) {
    for (const auto& one : detail::intrinsics)
        if (one.name == name) return true;
    return false;
}

/// Makes the module of all intrinsics, for linking::link_options::intrinsics. It is called
/// `intrinsics_module`, and exports each function by its name.
template <class = void>
linking::module intrinsics() {
    linking::module made{std::string(intrinsics_module), linking::module_kind::builtin};
    for (const auto& one : detail::intrinsics)
        made.code.functions.push_back(detail::intrinsic_writer<>::write(one));
    return made;
}

}  // namespace palimpsest::builtin
