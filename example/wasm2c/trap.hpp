// SPDX-License-Identifier: Apache-2.0
// A stopped guest, as an exception of the host.
#pragma once

#include <wasm-rt.h>

#include <stdexcept>
#include <string>

#include "binding.hpp"

namespace wasm2c {

inline const char* describe(wasm_rt_trap_t trap) noexcept {
    switch (trap) {
        case WASM_RT_TRAP_NONE:
            return "nothing went wrong";
        case WASM_RT_TRAP_OOB:
            return "access outside of a memory or table";
        case WASM_RT_TRAP_INT_OVERFLOW:
            return "integer overflow";
        case WASM_RT_TRAP_DIV_BY_ZERO:
            return "division by zero";
        case WASM_RT_TRAP_INVALID_CONVERSION:
            return "number that no integer can hold";
        case WASM_RT_TRAP_UNREACHABLE:
            return "unreachable instruction (abort, failed assertion)";
        case WASM_RT_TRAP_CALL_INDIRECT:
            return "indirect call of the wrong function";
        case WASM_RT_TRAP_UNCAUGHT_EXCEPTION:
            return "exception that nobody caught";
        case WASM_RT_TRAP_EXHAUSTION:
            return "call stack exhausted";
    }
    return "unknown trap";
}

/// Thrown by instance::call when the guest trapped. What the guest left in its slot is undefined;
/// end the instance.
class trapped : public std::runtime_error {
  public:
    trapped(wasm_rt_trap_t trap, const char* explanation)
        : std::runtime_error(std::string("the guest trapped: ") + describe(trap) +
                             (explanation == nullptr ? "" : std::string("; ") + explanation)),
          trap_(trap) {}

    wasm_rt_trap_t trap() const noexcept { return trap_; }

  private:
    wasm_rt_trap_t trap_;
};

}  // namespace wasm2c

extern "C" {

[[gnu::used]] inline void wasm_rt_trap(wasm_rt_trap_t trap) { wasm2c::leave_guest(trap); }

[[gnu::used]] inline const char* wasm_rt_strerror(wasm_rt_trap_t trap) {
    return wasm2c::describe(trap);
}
}
