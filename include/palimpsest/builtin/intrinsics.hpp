// SPDX-License-Identifier: Apache-2.0
// The intrinsics, through which builtins, and never guests, reach the host: loads and stores at
// host addresses, and the address of the instance's host data. Each is an IR function like any
// other, so a call of one is either inlined away or simply runs.
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
// addresses it names can be accessed: nothing else checks this. The names follow Wasmtime's unsafe
// intrinsics.
//
// Of the two address intrinsics, the first suits code that is compiled for each instance: the
// embedder binds the symbol. The second suits code that instances share: guest and builtin pass the
// vmctx on.
#pragma once

#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/link/module.hpp>
#include <string>
#include <string_view>

namespace palimpsest::builtin {

/// The module that builtins import intrinsics from: "intrinsics/u8-native-load".
inline constexpr std::string_view intrinsics_module = "intrinsics";
/// The symbol whose address `host-data-address` returns. Only intrinsics may refer to it.
inline constexpr std::string_view host_data_symbol = "host_data";

namespace detail {

/// The code of all intrinsics. No bounds check can overflow: it subtracts the size from the length,
/// which is at least as large.
inline constexpr std::string_view intrinsics_text = R"(
function %"u8-native-load"(i64) -> i8 {
block0(v0: i64):
    v1 = load.i8 notrap v0
    return v1
}

function %"u16-native-load"(i64) -> i16 {
block0(v0: i64):
    v1 = load.i16 notrap v0
    return v1
}

function %"u32-native-load"(i64) -> i32 {
block0(v0: i64):
    v1 = load.i32 notrap v0
    return v1
}

function %"u64-native-load"(i64) -> i64 {
block0(v0: i64):
    v1 = load.i64 notrap v0
    return v1
}

function %"u8-native-store"(i64, i8) {
block0(v0: i64, v1: i8):
    store notrap v1, v0
    return
}

function %"u16-native-store"(i64, i16) {
block0(v0: i64, v1: i16):
    store notrap v1, v0
    return
}

function %"u32-native-store"(i64, i32) {
block0(v0: i64, v1: i32):
    store notrap v1, v0
    return
}

function %"u64-native-store"(i64, i64) {
block0(v0: i64, v1: i64):
    store notrap v1, v0
    return
}

function %"u8-checked-load"(i64, i64, i64) -> i8 {
block0(v0: i64, v1: i64, v2: i64):
    v3 = icmp ult v1, v2
    trapz v3, heap_oob
    v4 = iadd v0, v1
    v5 = load.i8 notrap v4
    return v5
}

function %"u16-checked-load"(i64, i64, i64) -> i16 {
block0(v0: i64, v1: i64, v2: i64):
    v3 = icmp_imm ult v2, 2
    trapnz v3, heap_oob
    v4 = iadd_imm v2, -2
    v5 = icmp ugt v1, v4
    trapnz v5, heap_oob
    v6 = iadd v0, v1
    v7 = load.i16 notrap v6
    return v7
}

function %"u32-checked-load"(i64, i64, i64) -> i32 {
block0(v0: i64, v1: i64, v2: i64):
    v3 = icmp_imm ult v2, 4
    trapnz v3, heap_oob
    v4 = iadd_imm v2, -4
    v5 = icmp ugt v1, v4
    trapnz v5, heap_oob
    v6 = iadd v0, v1
    v7 = load.i32 notrap v6
    return v7
}

function %"u64-checked-load"(i64, i64, i64) -> i64 {
block0(v0: i64, v1: i64, v2: i64):
    v3 = icmp_imm ult v2, 8
    trapnz v3, heap_oob
    v4 = iadd_imm v2, -8
    v5 = icmp ugt v1, v4
    trapnz v5, heap_oob
    v6 = iadd v0, v1
    v7 = load.i64 notrap v6
    return v7
}

function %"u8-checked-store"(i64, i64, i64, i8) {
block0(v0: i64, v1: i64, v2: i64, v3: i8):
    v4 = icmp ult v1, v2
    trapz v4, heap_oob
    v5 = iadd v0, v1
    store notrap v3, v5
    return
}

function %"u16-checked-store"(i64, i64, i64, i16) {
block0(v0: i64, v1: i64, v2: i64, v3: i16):
    v4 = icmp_imm ult v2, 2
    trapnz v4, heap_oob
    v5 = iadd_imm v2, -2
    v6 = icmp ugt v1, v5
    trapnz v6, heap_oob
    v7 = iadd v0, v1
    store notrap v3, v7
    return
}

function %"u32-checked-store"(i64, i64, i64, i32) {
block0(v0: i64, v1: i64, v2: i64, v3: i32):
    v4 = icmp_imm ult v2, 4
    trapnz v4, heap_oob
    v5 = iadd_imm v2, -4
    v6 = icmp ugt v1, v5
    trapnz v6, heap_oob
    v7 = iadd v0, v1
    store notrap v3, v7
    return
}

function %"u64-checked-store"(i64, i64, i64, i64) {
block0(v0: i64, v1: i64, v2: i64, v3: i64):
    v4 = icmp_imm ult v2, 8
    trapnz v4, heap_oob
    v5 = iadd_imm v2, -8
    v6 = icmp ugt v1, v5
    trapnz v6, heap_oob
    v7 = iadd v0, v1
    store notrap v3, v7
    return
}

function %"host-data-address"() -> i64 {
    gv0 = symbol %host_data

block0:
    v0 = symbol_value.i64 gv0
    return v0
}

function %"vmctx-host-data-address"(i64 vmctx) -> i64 {
block0(v0: i64):
    v1 = load.i64 aligned notrap readonly vmctx v0
    return v1
}
)";

}  // namespace detail

/// Whether an intrinsic has this name, such as "u8-native-load". Works at compile time too.
constexpr bool is_intrinsic(std::string_view name) {
    constexpr std::string_view before = "function %\"";
    auto rest = detail::intrinsics_text;
    for (auto found = rest.find(before); found != std::string_view::npos;
         found = rest.find(before)) {
        rest.remove_prefix(found + before.size());
        if (rest.substr(0, rest.find('"')) == name) return true;
    }
    return false;
}

/// Makes the module of all intrinsics, for linking::link_options::intrinsics. It is named by
/// `intrinsics_module`, and exports each function by name. Takes 50 µs.
template <class = void>
linking::module intrinsics() {
    return linking::module::host(std::string(intrinsics_module), detail::intrinsics_text);
}

}  // namespace palimpsest::builtin
