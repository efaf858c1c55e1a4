// SPDX-License-Identifier: Apache-2.0
// What the JavaScript engine imports from "env": its memory, and what Emscripten's own JavaScript
// would provide. Here there is no surrounding JavaScript, no file system, and no call back into the
// host; functions for these report failure.
#pragma once

#include <javascript.h>
#include <time.h>

#include <cstdint>
#include <cstring>
#include <string_view>

#include "../../../wasm2c/wasm2c.hpp"

// NOLINTBEGIN: Emscripten and wasm2c dictate the names
/// Lives in the slot's state, as part of the instance.
struct Z_env_instance_t {
    wasm_rt_memory_t memory;
    /// The engine that imports it; some answers go into memory that the engine allocates.
    Z_javascript_instance_t* engine;
};

namespace serve::emscripten {

using environment = Z_env_instance_t*;

/// An error by its Linux number, as system calls return it.
inline constexpr std::uint32_t not_there = static_cast<std::uint32_t>(-52);  // ENOSYS of wasi

inline double milliseconds(clockid_t clock) noexcept {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

}  // namespace serve::emscripten

extern "C" {

using serve::emscripten::environment;

[[gnu::used]] inline wasm_rt_memory_t* Z_envZ_memory(environment own) { return &own->memory; }

// Memory.

[[gnu::used]] inline std::uint32_t Z_envZ_emscripten_get_heap_max(environment own) {
    return static_cast<std::uint32_t>(own->memory.max_pages * wasm2c::page_bytes);
}

[[gnu::used]] inline std::uint32_t Z_envZ_emscripten_resize_heap(environment own,
                                                                 std::uint32_t bytes) {
    const auto wanted = (bytes + wasm2c::page_bytes - 1) / wasm2c::page_bytes;
    if (wanted <= own->memory.pages) return 1;
    const auto missing = static_cast<std::uint32_t>(wanted - own->memory.pages);
    return wasm_rt_grow_memory(&own->memory, missing) == UINT32_MAX ? 0 : 1;
}

[[gnu::used]] inline std::uint32_t Z_envZ__mmap_js(environment, std::uint32_t, std::uint32_t,
                                                   std::uint32_t, std::uint32_t, std::uint64_t,
                                                   std::uint32_t, std::uint32_t) {
    return serve::emscripten::not_there;
}
[[gnu::used]] inline std::uint32_t Z_envZ__munmap_js(environment, std::uint32_t, std::uint32_t,
                                                     std::uint32_t, std::uint32_t, std::uint32_t,
                                                     std::uint64_t) {
    return serve::emscripten::not_there;
}

// Giving up.

[[gnu::used]] inline void Z_envZ___assert_fail(environment, std::uint32_t, std::uint32_t,
                                               std::uint32_t, std::uint32_t) {
    wasm2c::leave_guest(WASM_RT_TRAP_UNREACHABLE, "an assertion of the engine failed");
}
[[gnu::used]] inline void Z_envZ__abort_js(environment) {
    wasm2c::leave_guest(WASM_RT_TRAP_UNREACHABLE, "the engine aborted");
}

// Time; the local zone is UTC.

[[gnu::used]] inline double Z_envZ_emscripten_date_now(environment) {
    return serve::emscripten::milliseconds(CLOCK_REALTIME);
}
[[gnu::used]] inline double Z_envZ_emscripten_get_now(environment) {
    return serve::emscripten::milliseconds(CLOCK_MONOTONIC);
}

/// Emscripten's struct tm: the usual nine numbers, then the offset from UTC.
[[gnu::used]] inline void Z_envZ__localtime_js(environment, std::uint64_t seconds,
                                               std::uint32_t address) {
    const auto time = static_cast<time_t>(seconds);
    tm parts{};
    ::gmtime_r(&time, &parts);
    const int fields[]{parts.tm_sec,
                       parts.tm_min,
                       parts.tm_hour,
                       parts.tm_mday,
                       parts.tm_mon,
                       parts.tm_year,
                       parts.tm_wday,
                       parts.tm_yday,
                       0,
                       0};
    for (const int field : fields) {
        wasm2c::write_to_guest<std::int32_t>(address, field);
        address += 4;
    }
}

[[gnu::used]] inline void Z_envZ__tzset_js(environment, std::uint32_t offset,
                                           std::uint32_t has_summer_time, std::uint32_t name,
                                           std::uint32_t summer_name) {
    wasm2c::write_to_guest<std::uint32_t>(offset, 0);
    wasm2c::write_to_guest<std::uint32_t>(has_summer_time, 0);
    constexpr std::uint32_t utc = 'U' | 'T' << 8 | 'C' << 16;
    wasm2c::write_to_guest<std::uint32_t>(name, utc);
    wasm2c::write_to_guest<std::uint32_t>(summer_name, utc);
}

// Files.

[[gnu::used]] inline std::uint32_t Z_envZ___syscall_dup(environment, std::uint32_t) {
    return serve::emscripten::not_there;
}
[[gnu::used]] inline std::uint32_t Z_envZ___syscall_openat(environment, std::uint32_t,
                                                           std::uint32_t, std::uint32_t,
                                                           std::uint32_t) {
    return serve::emscripten::not_there;
}
[[gnu::used]] inline std::uint32_t Z_envZ___syscall_mkdirat(environment, std::uint32_t,
                                                            std::uint32_t, std::uint32_t) {
    return serve::emscripten::not_there;
}
[[gnu::used]] inline std::uint32_t Z_envZ___syscall_fstat64(environment, std::uint32_t,
                                                            std::uint32_t) {
    return serve::emscripten::not_there;
}
[[gnu::used]] inline std::uint32_t Z_envZ___syscall_stat64(environment, std::uint32_t,
                                                           std::uint32_t) {
    return serve::emscripten::not_there;
}
[[gnu::used]] inline std::uint32_t Z_envZ___syscall_lstat64(environment, std::uint32_t,
                                                            std::uint32_t) {
    return serve::emscripten::not_there;
}
[[gnu::used]] inline std::uint32_t Z_envZ___syscall_newfstatat(environment, std::uint32_t,
                                                               std::uint32_t, std::uint32_t,
                                                               std::uint32_t) {
    return serve::emscripten::not_there;
}

// For the sanitizer inside this debug build: no options, no colours, no call stacks.

[[gnu::used]] inline std::uint32_t Z_envZ__emscripten_sanitizer_get_option(environment own,
                                                                           std::uint32_t) {
    const auto empty = Z_javascriptZ_malloc(own->engine, 1);
    wasm2c::write_to_guest<char>(empty, '\0');
    return empty;
}
[[gnu::used]] inline std::uint32_t Z_envZ__emscripten_sanitizer_use_colors(environment) {
    return 0;
}
[[gnu::used]] inline void Z_envZ__emscripten_get_progname(environment, std::uint32_t address,
                                                          std::uint32_t size) {
    constexpr std::string_view name("quickjs", 8);  // with the zero at its end
    if (size < name.size()) return;
    const auto room = wasm2c::guest_bytes(wasm2c::first_memory(), address, name.size());
    std::memcpy(room.data(), name.data(), name.size());
}
[[gnu::used]] inline std::uint32_t Z_envZ_emscripten_stack_snapshot(environment) { return 0; }
[[gnu::used]] inline std::uint32_t Z_envZ_emscripten_stack_unwind_buffer(environment, std::uint32_t,
                                                                         std::uint32_t,
                                                                         std::uint32_t) {
    return 0;
}
[[gnu::used]] inline std::uint32_t Z_envZ_emscripten_pc_get_function(environment, std::uint32_t) {
    return 0;
}
[[gnu::used]] inline std::uint32_t Z_envZ_emscripten_pc_get_file(environment, std::uint32_t) {
    return 0;
}
[[gnu::used]] inline std::uint32_t Z_envZ_emscripten_pc_get_line(environment, std::uint32_t) {
    return 0;
}
[[gnu::used]] inline std::uint32_t Z_envZ_emscripten_pc_get_column(environment, std::uint32_t) {
    return 0;
}

// Calls from scripts to the host: scripts are offered none.

[[gnu::used]] inline std::uint32_t Z_envZ_qts_host_call_function(environment, std::uint32_t,
                                                                 std::uint32_t, std::uint32_t,
                                                                 std::uint32_t, std::uint32_t) {
    wasm2c::leave_guest(WASM_RT_TRAP_UNREACHABLE, "a script called a function of the host");
}
[[gnu::used]] inline std::uint32_t Z_envZ_qts_host_interrupt_handler(environment, std::uint32_t) {
    return 0;
}
[[gnu::used]] inline std::uint32_t Z_envZ_qts_host_load_module_source(environment, std::uint32_t,
                                                                      std::uint32_t,
                                                                      std::uint32_t) {
    return 0;
}
[[gnu::used]] inline std::uint32_t Z_envZ_qts_host_normalize_module(environment, std::uint32_t,
                                                                    std::uint32_t, std::uint32_t,
                                                                    std::uint32_t) {
    return 0;
}
[[gnu::used]] inline void Z_envZ_qts_host_ref_free(environment, std::uint32_t, std::uint32_t) {}
}
// NOLINTEND
