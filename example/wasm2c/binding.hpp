// SPDX-License-Identifier: Apache-2.0
// Which instance a thread is running, in a shape that C can reach.
//
// wasm2c's output is C: it calls wasm_rt_grow_memory(memory, pages) without saying whose memory
// that is. So during a call into the guest the glue remembers the slot the thread is working in.
// The slot's type is lost at the boundary to C; six plain function pointers, made once for each
// type of slot, lead back to it.
//
// In the slot:
//
//   state     | Module::state: the structures that wasm2c declared, with globals, memories, tables
//   | table i   | the elements of the i-th table that the module made | memory i  | the bytes of
//   the i-th memory that the module made                                 |
#pragma once

#include <setjmp.h>
#include <wasm-rt.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "slot.hpp"

namespace wasm2c {

inline constexpr std::size_t page_bytes = 65'536;  // of WebAssembly, not of the machine

/// Where in the state the module keeps its descriptions of memories and tables. They are in the
/// order in which the module made them, which says which memory or table of the slot each one
/// describes.
struct module_shape {
    std::vector<std::size_t> memories;
    std::vector<std::size_t> tables;
};

struct slot_functions {
    std::span<std::byte> (*state)(void* slot);
    std::span<std::byte> (*table)(void* slot, std::size_t number);
    std::byte* (*memory)(void* slot, std::size_t number);
    std::size_t (*maximum)(void* slot, std::size_t number);
    bool (*grow)(void* slot, std::size_t number, std::size_t bytes);
    bool (*guards)(const void* locator, void* slot, const void* address);
};

template <Slot SlotType, Locator LocatorType>
inline constexpr slot_functions functions_of{
    .state = [](void* slot) -> std::span<std::byte> {
        return static_cast<SlotType*>(slot)->state().bytes();
    },
    .table = [](void* slot, std::size_t number) -> std::span<std::byte> {
        return static_cast<SlotType*>(slot)->table(number).bytes();
    },
    .memory = [](void* slot, std::size_t number) -> std::byte* {
        return static_cast<SlotType*>(slot)->memory(number).bytes().data();
    },
    .maximum = [](void* slot, std::size_t number) -> std::size_t {
        return static_cast<SlotType*>(slot)->memory(number).maximum();
    },
    .grow = [](void* slot, std::size_t number, std::size_t bytes) -> bool {
        return static_cast<SlotType*>(slot)->memory(number).grow(bytes).has_value();
    },
    // A guest can reach its memory and the guard after it, and of these only inaccessible parts
    // fault. A fault at any other address is the host's own mistake.
    .guards =
        [](const void* locator, void* slot, const void* address) {
            const auto found = static_cast<const LocatorType*>(locator)->locate(address);
            if (!found || found->slot != static_cast<SlotType*>(slot)->index()) return false;
            using kind = decltype(found->kind);
            return found->kind == kind::guard || found->kind == kind::memory;
        },
};

/// An instance, as seen by the thread that runs it.
struct binding {
    const slot_functions* functions = nullptr;
    void* slot = nullptr;
    const void* locator = nullptr;
    /// Filled while the module is instantiated, and only read afterwards.
    module_shape* being_recorded = nullptr;
    const module_shape* shape = nullptr;
    /// Where a trap jumps to, and what it was.
    sigjmp_buf leave;  // NOLINT: an array, as POSIX wants it
    wasm_rt_trap_t trap = WASM_RT_TRAP_NONE;
    const char* explanation = nullptr;
};

/// The instance that this thread is running; null outside the guest. The signal handler reads it,
/// so it must not need dynamic initialisation.
inline constinit thread_local binding* running = nullptr;

/// Ends the call into the guest. The frames in between are those of the guest and of functions that
/// it imports, and are left without being unwound: an import holds nothing that needs a destructor
/// when it calls this.
[[noreturn]] inline void leave_guest(wasm_rt_trap_t trap, const char* explanation = nullptr) {
    running->trap = trap;
    running->explanation = explanation;
    siglongjmp(running->leave, 1);
}

}  // namespace wasm2c
