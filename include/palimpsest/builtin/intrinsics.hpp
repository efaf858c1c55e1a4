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

#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/unpack.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/builtin/definition.hpp>
#include <palimpsest/ir/builder.hpp>
#include <palimpsest/ir/function.hpp>
#include <string>
#include <string_view>

namespace palimpsest::builtin {

/// The module that builtins import intrinsics from: "intrinsics/u8-native-load".
inline constexpr std::string_view intrinsics_module = "intrinsics";
/// The symbol whose address `host-data-address` gives. Only intrinsics may refer to it.
inline constexpr std::string_view host_data_symbol = "host_data";

namespace detail {

using address = std::uint64_t;

inline constexpr ir::memory_flags accessible{ir::memory_flags::notrap};

// Bodies take a builder of any type and declare what they return, so that a program that builds
// none of them does not compile them.

template <class Integer>
inline constexpr ir::type type_of = parameter_of<Integer>().type;

template <class Integer>
inline constexpr auto native_load = [](auto& to, ir::value at) -> void {
    to.return_({to.load(type_of<Integer>, at, 0, accessible)});
};
inline constexpr auto native_store = [](auto& to, ir::value at, ir::value stored) -> void {
    to.store(stored, at, 0, accessible);
    to.return_();
};

/// Writes the check of the bounds, and gives the address. No sum can overflow: the size is
/// subtracted from the length, which is not less.
template <class Integer, class Builder>
ir::value checked_address(Builder& to, ir::value base, ir::value offset, ir::value length) {
    constexpr auto size = static_cast<std::int64_t>(sizeof(Integer));
    constexpr auto outside = ir::trap_code::heap_out_of_bounds;
    if constexpr (size == 1) {
        to.trapz(to.icmp(ir::int_condition::ult, offset, length), outside);
    } else {
        to.trapnz(to.icmp_imm(ir::int_condition::ult, length, size), outside);
        const auto last = to.binary_imm(ir::opcode::iadd_imm, length, -size);
        to.trapnz(to.icmp(ir::int_condition::ugt, offset, last), outside);
    }
    return to.binary(ir::opcode::iadd, base, offset);
}
template <class Integer>
inline constexpr auto checked_load =
    [](auto& to, ir::value base, ir::value offset, ir::value length) -> void {
    native_load<Integer>(to, checked_address<Integer>(to, base, offset, length));
};
template <class Integer>
inline constexpr auto checked_store =
    [](auto& to, ir::value base, ir::value offset, ir::value length, ir::value stored) -> void {
    native_store(to, checked_address<Integer>(to, base, offset, length), stored);
};

inline constexpr auto host_data_address = [](auto& to) -> void {
    ir::global_data symbol;
    symbol.is = ir::global_data::kind::symbol;
    symbol.symbol = host_data_symbol;
    to.return_({to.symbol_value(ir::type::i64, to.declare_global(symbol))});
};
inline constexpr auto vmctx_host_data_address = [](auto& to, ir::value context) -> void {
    using flags = ir::memory_flags;
    to.return_({to.load(ir::type::i64, context, 0,
                        flags(flags::notrap | flags::aligned | flags::readonly | flags::vmctx))});
};

}  // namespace detail

/// All intrinsics, as a Hana tuple of definitions.
inline constexpr auto intrinsics = boost::hana::make_tuple(
    define<std::uint8_t(detail::address)>("u8-native-load", detail::native_load<std::uint8_t>),
    define<std::uint16_t(detail::address)>("u16-native-load", detail::native_load<std::uint16_t>),
    define<std::uint32_t(detail::address)>("u32-native-load", detail::native_load<std::uint32_t>),
    define<std::uint64_t(detail::address)>("u64-native-load", detail::native_load<std::uint64_t>),
    define<void(detail::address, std::uint8_t)>("u8-native-store", detail::native_store),
    define<void(detail::address, std::uint16_t)>("u16-native-store", detail::native_store),
    define<void(detail::address, std::uint32_t)>("u32-native-store", detail::native_store),
    define<void(detail::address, std::uint64_t)>("u64-native-store", detail::native_store),
    define<std::uint8_t(detail::address, std::uint64_t, std::uint64_t)>(
        "u8-checked-load", detail::checked_load<std::uint8_t>),
    define<std::uint16_t(detail::address, std::uint64_t, std::uint64_t)>(
        "u16-checked-load", detail::checked_load<std::uint16_t>),
    define<std::uint32_t(detail::address, std::uint64_t, std::uint64_t)>(
        "u32-checked-load", detail::checked_load<std::uint32_t>),
    define<std::uint64_t(detail::address, std::uint64_t, std::uint64_t)>(
        "u64-checked-load", detail::checked_load<std::uint64_t>),
    define<void(detail::address, std::uint64_t, std::uint64_t, std::uint8_t)>(
        "u8-checked-store", detail::checked_store<std::uint8_t>),
    define<void(detail::address, std::uint64_t, std::uint64_t, std::uint16_t)>(
        "u16-checked-store", detail::checked_store<std::uint16_t>),
    define<void(detail::address, std::uint64_t, std::uint64_t, std::uint32_t)>(
        "u32-checked-store", detail::checked_store<std::uint32_t>),
    define<void(detail::address, std::uint64_t, std::uint64_t, std::uint64_t)>(
        "u64-checked-store", detail::checked_store<std::uint64_t>),
    define<detail::address()>("host-data-address", detail::host_data_address),
    define<detail::address(vmctx)>("vmctx-host-data-address", detail::vmctx_host_data_address));

/// Whether an intrinsic has this name, such as "u8-native-load". Works at compile time too.
constexpr bool is_intrinsic(std::string_view name) {
    return boost::hana::unpack(intrinsics,
                               [&](const auto&... all) { return ((all.name == name) || ...); });
}

/// Builds the function of the intrinsic `name`, and calls it "intrinsics/name". Gives nothing when
/// no intrinsic has this name.
template <class = void>
inline std::optional<ir::function> intrinsic_named(std::string_view name) {
    std::optional<ir::function> made;
    boost::hana::for_each(intrinsics, [&](const auto& one) {
        if (one.name == name) made = one.build();
    });
    if (made) made->name = std::string(intrinsics_module) + "/" + made->name;
    return made;
}

/// The names of all intrinsics, separated by commas, for messages.
template <class = void>
inline std::string intrinsic_names() {
    std::string made;
    boost::hana::for_each(intrinsics, [&](const auto& one) {
        made.append(made.empty() ? "" : ", ").append(one.name);
    });
    return made;
}

}  // namespace palimpsest::builtin
