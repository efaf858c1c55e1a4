// SPDX-License-Identifier: Apache-2.0
// A signal handler that tells a guest's out-of-bounds access from a fault of the host.
//
// An engine that omits bounds checks relies on guards: an access beyond the memory faults. Its
// handler asks the pool what the address belongs to. In a slot it is the guest's fault and becomes
// a trap; anywhere else it is a host bug, which must crash as it would without a handler.

#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <optional>
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<>;

// A handler has no arguments of its own, so what it needs is global, and set before it can run.
const pool_type* guarded_pool = nullptr;
thread_local sigjmp_buf back_to_the_host;
thread_local volatile std::sig_atomic_t guest_is_running = 0;
thread_local std::optional<ps::location> trapped_at;

void on_segmentation_fault(int signal, siginfo_t* info, void*) {
    // locate() only computes, so it may be called here.
    const auto where = guarded_pool->locate(info->si_addr);
    if (guest_is_running == 0 || !where) {
        // Restores the default: returning runs the instruction again, and it crashes.
        (void)std::signal(signal, SIG_DFL);
        return;
    }
    trapped_at = where;
    siglongjmp(back_to_the_host, 1);
}

void install_handler(const pool_type& pool) {
    guarded_pool = &pool;
    struct sigaction action {};
    action.sa_sigaction = on_segmentation_fault;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigaction(SIGSEGV, &action, nullptr);
}

/// What a compiled guest does: a store at an offset, without checking the size of the memory.
void guest_stores(std::byte* memory, std::size_t offset) {
    volatile std::byte* const at = memory + offset;
    *at = std::byte{42};
}

/// True if the guest ran to its end; false if it trapped.
bool run_guest(std::byte* memory, std::size_t offset) {
    if (sigsetjmp(back_to_the_host, 1) != 0) {
        guest_is_running = 0;
        return false;
    }
    guest_is_running = 1;
    guest_stores(memory, offset);
    guest_is_running = 0;
    return true;
}

}  // namespace

int main() {
    pool_type pool{{.slots = 1, .memory = {.maximum = 1_MiB, .guard = 64_MiB}}};
    install_handler(pool);
    const auto slot = pool.acquire(ps::image::zeroed(64_KiB));
    auto* const memory = slot->memory(0).data();

    const bool inside = run_guest(memory, 100);
    std::printf("a store at 100: %s\n", inside ? "done" : "trapped");

    const bool beyond = run_guest(memory, 2_MiB);
    std::printf("a store at 2 MiB: %s\n", beyond ? "done" : "trapped");
    if (trapped_at)
        std::printf("  in the guard of memory %zu of slot %zu, %zu bytes from its start\n",
                    trapped_at->entity, trapped_at->slot, trapped_at->offset);
    return inside && !beyond && trapped_at && trapped_at->offset == 2_MiB ? 0 : 1;
}
