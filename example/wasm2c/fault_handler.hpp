// SPDX-License-Identifier: Apache-2.0
// Turns the faults of a guest into traps.
//
// The guest's C is compiled without bounds checks: an access outside its memory hits the guard
// after it, and the kernel sends SIGSEGV. The handler asks the pool whether the address lies in the
// slot that this thread is running; only then is it the guest's mistake. The same signal comes when
// the guest has recursed too deeply and hits the end of the thread's stack. Everything else is a
// bug of the host, which gets the signal it would have got without us.
#pragma once

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include "binding.hpp"

namespace wasm2c {

/// The memory that this thread's handler runs on, since the thread's own stack may be exhausted,
/// and where that stack ends. Made when the thread first calls a guest.
class signal_stack {
  public:
    signal_stack() {
        if (::sigaltstack(nullptr, &before_) != 0) fail("sigaltstack");
        stack_t own{};
        own.ss_sp = memory_.data();
        own.ss_size = memory_.size();
        if (::sigaltstack(&own, nullptr) != 0) fail("sigaltstack");
        end_of_stack = find_end_of_stack();
    }
    signal_stack(const signal_stack&) = delete;
    signal_stack& operator=(const signal_stack&) = delete;
    ~signal_stack() { ::sigaltstack(&before_, nullptr); }

    /// The lowest address of the thread's own stack.
    static inline constinit thread_local std::uintptr_t end_of_stack = 0;

  private:
    [[noreturn]] static void fail(const char* call) {
        throw std::system_error(errno, std::generic_category(), call);
    }

    static std::uintptr_t find_end_of_stack() {
        pthread_attr_t attributes;
        if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) fail("pthread_getattr_np");
        void* lowest = nullptr;
        std::size_t bytes = 0;
        ::pthread_attr_getstack(&attributes, &lowest, &bytes);
        ::pthread_attr_destroy(&attributes);
        return reinterpret_cast<std::uintptr_t>(lowest);
    }

    std::array<std::byte, 65'536> memory_;
    stack_t before_{};
};

class fault_handler {
  public:
    /// Installs the handler, once for the process.
    static void install() {
        static const fault_handler installed;
        static_cast<void>(installed);
    }

  private:
    fault_handler() {
        struct sigaction action = {};
        action.sa_sigaction = handle;
        // The jump out of the handler does not restore the signal mask, which saves a system call
        // in each call into a guest. So the signal must not be blocked while it is handled.
        action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
        if (::sigaction(SIGSEGV, &action, &before) != 0) {
            throw std::system_error(errno, std::generic_category(), "sigaction(SIGSEGV)");
        }
    }

    static void handle(int signal, siginfo_t* information, void* context) {
        const auto* const current = running;
        if (current != nullptr) {
            const void* const address = information->si_addr;
            if (current->functions->guards(current->locator, current->slot, address)) {
                leave_guest(WASM_RT_TRAP_OOB);
            }
            if (is_near_end_of_stack(address)) leave_guest(WASM_RT_TRAP_EXHAUSTION);
        }
        pass_on(signal, information, context);
    }

    static bool is_near_end_of_stack(const void* address) noexcept {
        constexpr std::uintptr_t margin = 256 * 1024;  // a large frame may start beyond the guard
        const auto at = reinterpret_cast<std::uintptr_t>(address);
        const auto end = signal_stack::end_of_stack;
        return at >= end - margin && at < end + margin;
    }

    /// Passes to the previous handler, or to the default, which ends the process as soon as the
    /// instruction faults again.
    static void pass_on(int signal, siginfo_t* information, void* context) {
        if ((before.sa_flags & SA_SIGINFO) != 0) {
            before.sa_sigaction(signal, information, context);
        } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
            before.sa_handler(signal);
        } else {
            ::signal(SIGSEGV, SIG_DFL);
        }
    }

    static inline struct sigaction before = {};
};

}  // namespace wasm2c
