// SPDX-License-Identifier: Apache-2.0
// A host buffer and its two sides: the guest that increments each byte of it, and the builtin
// module through which the guest reaches it. Both are text in CLIF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/builtin/intrinsics.hpp>
#include <palimpsest/builtin/link.hpp>
#include <palimpsest/ir/interpreter/host.hpp>
#include <palimpsest/link/module.hpp>
#include <span>
#include <string_view>
#include <vector>

namespace host_buffer {

/// The output of some guest language's compiler, which knows the imports by name and signature, but
/// nothing of the host's memory.
inline constexpr std::string_view guest = R"(
function %increment_all() -> i64 {
    fn0 = %"host-buf/len"() -> i64
    fn1 = %"host-buf/get"(i64) -> i8
    fn2 = %"host-buf/set"(i64, i8)
block0:
    v0 = iconst.i64 0
    jump block1(v0)

block1(v1: i64):
    v2 = call fn0()
    v3 = icmp ult v1, v2
    brif v3, block2, block3

block2:
    v4 = call fn1(v1)
    v5 = iconst.i8 1
    v6 = iadd v4, v5
    call fn2(v1, v6)
    v7 = iconst.i64 1
    v8 = iadd v1, v7
    jump block1(v8)

block3:
    return v1
}
)";

/// The host data as C++ sees it; builtins use the offsets 0 and 8.
struct data {
    std::byte* bytes = nullptr;
    std::uint64_t length = 0;
};

/// Written by the embedder. It checks each index against the length, so no guest reaches beyond the
/// buffer; the trap heap_oob stops a guest that tries.
inline constexpr std::string_view builtins = R"(
function %len() -> i64 {
    fn0 = %"intrinsics/host-data-address"() -> i64
    fn1 = %"intrinsics/u64-native-load"(i64) -> i64
block0:
    v0 = call fn0()
    v1 = iadd_imm v0, 8
    v2 = call fn1(v1)
    return v2
}

function %get(i64) -> i8 {
    fn0 = %"intrinsics/host-data-address"() -> i64
    fn1 = %"intrinsics/u64-native-load"(i64) -> i64
    fn2 = %"intrinsics/u8-checked-load"(i64, i64, i64) -> i8
block0(v0: i64):
    v1 = call fn0()
    v2 = call fn1(v1)
    v3 = iadd_imm v1, 8
    v4 = call fn1(v3)
    v5 = call fn2(v2, v0, v4)
    return v5
}

function %set(i64, i8) {
    fn0 = %"intrinsics/host-data-address"() -> i64
    fn1 = %"intrinsics/u64-native-load"(i64) -> i64
    fn2 = %"intrinsics/u8-checked-store"(i64, i64, i64, i8)
block0(v0: i64, v1: i8):
    v2 = call fn0()
    v3 = call fn1(v2)
    v4 = iadd_imm v2, 8
    v5 = call fn1(v4)
    call fn2(v3, v0, v5, v1)
    return
}
)";

/// Links both: every import is bound, and only the guest's function is called from outside.
inline palimpsest::linking::program link() {
    namespace builtin = palimpsest::builtin;
    namespace linking = palimpsest::linking;
    const std::vector modules{linking::module::guest("guest", guest),
                              linking::module::host("host-buf", builtins)};
    return builtin::link(modules, {.closed = true, .roots = {"guest/increment_all"}});
}

/// Binds the symbol of the host data; there is no other way out of the program.
struct host {
    const data* at = nullptr;

    static std::optional<palimpsest::ir::trap_code> call(
        std::string_view, const palimpsest::ir::signature&,
        std::span<const palimpsest::ir::data_value>, std::span<palimpsest::ir::data_value>) {
        return palimpsest::ir::trap_code::no_body;
    }
    std::optional<std::uint64_t> symbol(std::string_view name) const {
        if (name != palimpsest::builtin::host_data_symbol) return std::nullopt;
        return reinterpret_cast<std::uintptr_t>(at);
    }
};

}  // namespace host_buffer
