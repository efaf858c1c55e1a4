// SPDX-License-Identifier: Apache-2.0
// The few WASI functions that a library-like guest imports: it may print, ask for the time, and
// give up. There are no files, no arguments and no environment.
//
// A module gets these by passing a null pointer as its wasi_snapshot_preview1 instance: they need
// only the instance that the thread is running.
#pragma once

#include <time.h>
#include <unistd.h>
#include <wasm-rt.h>

#include <cstddef>
#include <cstdint>

#include "binding.hpp"
#include "guest_memory.hpp"

struct Z_wasi_snapshot_preview1_instance_t;  // NOLINT: wasm2c's name for it; never completed

namespace wasm2c::wasi {

using environment = Z_wasi_snapshot_preview1_instance_t*;
using error_number = std::uint32_t;

inline constexpr error_number success = 0;
inline constexpr error_number bad_descriptor = 8;
inline constexpr error_number invalid = 28;
inline constexpr error_number cannot_seek = 70;

inline constexpr bool is_output(std::uint32_t descriptor) noexcept {
    return descriptor == 1 || descriptor == 2;
}

/// A range of guest memory, as WASI describes it in that memory.
struct buffer {
    std::uint32_t address;
    std::uint32_t size;
};

/// Both guest outputs go to the host's standard error.
inline std::uint32_t print(std::uint32_t buffers, std::uint32_t count) {
    std::uint32_t printed = 0;
    for (std::uint32_t each = 0; each < count; ++each) {
        const auto piece =
            read_from_guest<buffer>(buffers + each * static_cast<std::uint32_t>(sizeof(buffer)));
        const auto bytes = guest_bytes(first_memory(), piece.address, piece.size);
        if (::write(STDERR_FILENO, bytes.data(), bytes.size()) < 0) break;
        printed += piece.size;
    }
    return printed;
}

}  // namespace wasm2c::wasi

// NOLINTBEGIN: wasm2c dictates the names
extern "C" {

[[gnu::used]] inline std::uint32_t Z_wasi_snapshot_preview1Z_fd_write(wasm2c::wasi::environment,
                                                                      std::uint32_t descriptor,
                                                                      std::uint32_t buffers,
                                                                      std::uint32_t count,
                                                                      std::uint32_t written) {
    if (!wasm2c::wasi::is_output(descriptor)) return wasm2c::wasi::bad_descriptor;
    const auto printed = wasm2c::wasi::print(buffers, count);
    wasm2c::write_to_guest<std::uint32_t>(written, printed);
    return wasm2c::wasi::success;
}

[[gnu::used]] inline std::uint32_t Z_wasi_snapshot_preview1Z_fd_read(wasm2c::wasi::environment,
                                                                     std::uint32_t descriptor,
                                                                     std::uint32_t, std::uint32_t,
                                                                     std::uint32_t read) {
    if (descriptor != 0) return wasm2c::wasi::bad_descriptor;
    wasm2c::write_to_guest<std::uint32_t>(read, 0);  // its input is empty
    return wasm2c::wasi::success;
}

[[gnu::used]] inline std::uint32_t Z_wasi_snapshot_preview1Z_fd_close(wasm2c::wasi::environment,
                                                                      std::uint32_t descriptor) {
    return descriptor <= 2 ? wasm2c::wasi::success : wasm2c::wasi::bad_descriptor;
}

[[gnu::used]] inline std::uint32_t Z_wasi_snapshot_preview1Z_fd_seek(wasm2c::wasi::environment,
                                                                     std::uint32_t descriptor,
                                                                     std::uint64_t, std::uint32_t,
                                                                     std::uint32_t) {
    return descriptor <= 2 ? wasm2c::wasi::cannot_seek : wasm2c::wasi::bad_descriptor;
}

[[gnu::used]] inline std::uint32_t Z_wasi_snapshot_preview1Z_fd_fdstat_get(
    wasm2c::wasi::environment, std::uint32_t, std::uint32_t) {
    return wasm2c::wasi::bad_descriptor;
}

[[gnu::used]] inline std::uint32_t Z_wasi_snapshot_preview1Z_environ_sizes_get(
    wasm2c::wasi::environment, std::uint32_t count, std::uint32_t bytes) {
    wasm2c::write_to_guest<std::uint32_t>(count, 0);
    wasm2c::write_to_guest<std::uint32_t>(bytes, 0);
    return wasm2c::wasi::success;
}

[[gnu::used]] inline std::uint32_t Z_wasi_snapshot_preview1Z_environ_get(wasm2c::wasi::environment,
                                                                         std::uint32_t,
                                                                         std::uint32_t) {
    return wasm2c::wasi::success;
}

[[gnu::used]] inline std::uint32_t Z_wasi_snapshot_preview1Z_clock_time_get(
    wasm2c::wasi::environment, std::uint32_t clock, std::uint64_t, std::uint32_t time) {
    if (clock > 1) return wasm2c::wasi::invalid;  // 0: since 1970, 1: monotonic
    timespec now{};
    if (::clock_gettime(clock == 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC, &now) != 0) {
        return wasm2c::wasi::invalid;
    }
    const auto seconds = static_cast<std::uint64_t>(now.tv_sec);
    wasm2c::write_to_guest<std::uint64_t>(
        time, seconds * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec));
    return wasm2c::wasi::success;
}

[[gnu::used]] inline void Z_wasi_snapshot_preview1Z_proc_exit(wasm2c::wasi::environment,
                                                              std::uint32_t) {
    wasm2c::leave_guest(WASM_RT_TRAP_UNREACHABLE, "it asked to end the process");
}
}
// NOLINTEND
