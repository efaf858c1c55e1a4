// SPDX-License-Identifier: Apache-2.0
// Hooks that run around fork. They take locks before the fork, so that the child finds consistent
// data, and let the child replace the descriptors that belong to its parent.
//
// Hooks run for fork(). They do not run for a raw clone system call, for which libc runs no
// handlers.
#pragma once

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <palimpsest/os/mutex.hpp>
#include <system_error>
#include <utility>

namespace palimpsest::os {

/// The number of forks between the first process and this one, counted since the first fork_hooks.
inline constinit std::atomic<std::uint64_t> fork_generation{0};

/// While it lives, calls `before_fork`, `after_fork_in_parent` and `after_fork_in_child` of its
/// owner around each fork, on the thread that forks. The owner's functions must be noexcept.
class fork_hooks {
  public:
    /// The owner must live as long as the hooks. Throws std::system_error if the process has no
    /// memory for the handlers.
    template <class Owner>
    explicit fork_hooks(Owner& owner)
        : owner_(&owner),
          before_([](void* of) noexcept { static_cast<Owner*>(of)->before_fork(); }),
          in_parent_([](void* of) noexcept { static_cast<Owner*>(of)->after_fork_in_parent(); }),
          in_child_([](void* of) noexcept { static_cast<Owner*>(of)->after_fork_in_child(); }) {
        register_once();
        const locked lock(all().mutex);
        next_ = std::exchange(all().first, this);
        if (next_ != nullptr) next_->previous_ = this;
    }

    fork_hooks(const fork_hooks&) = delete;
    fork_hooks& operator=(const fork_hooks&) = delete;

    ~fork_hooks() {
        const locked lock(all().mutex);
        (previous_ != nullptr ? previous_->next_ : all().first) = next_;
        if (next_ != nullptr) next_->previous_ = previous_;
    }

  private:
    using hook = void (*)(void*) noexcept;

    struct registry {
        os::mutex mutex;
        fork_hooks* first = nullptr;
    };
    static registry& all() noexcept {
        static constinit registry one;
        return one;
    }

    /// The number of handler sets that have run before the fork that this thread makes.
    static int& handlers_run() noexcept {
        static constinit thread_local int count = 0;
        return count;
    }
    static void before() noexcept {
        if (handlers_run()++ != 0) return;
        all().mutex.lock();
        for (auto* at = all().first; at != nullptr; at = at->next_) at->before_(at->owner_);
    }
    static void after(hook fork_hooks::*which) noexcept {
        if (--handlers_run() != 0) return;
        for (auto* at = all().first; at != nullptr; at = at->next_) (at->*which)(at->owner_);
        all().mutex.unlock();
    }
    static void after_in_parent() noexcept { after(&fork_hooks::in_parent_); }
    static void after_in_child() noexcept {
        fork_generation.fetch_add(1, std::memory_order_relaxed);
        after(&fork_hooks::in_child_);
    }

    /// Registers the handlers once in a process. It uses neither a function-local static, which has
    /// a guard, nor a lock, because a fork by another thread would leave either locked in the child
    /// for good. Here the child takes over instead. At worst there are then two sets of handlers,
    /// and the second does nothing.
    static void register_once() {
        static constexpr ::pid_t done = -1;
        static constinit std::atomic<::pid_t> state{0};  // or the process that is registering
        const auto mine = ::getpid();
        for (;;) {
            auto seen = state.load(std::memory_order_acquire);
            if (seen == done) return;
            if (seen != mine && state.compare_exchange_weak(seen, mine)) break;
            ::sched_yield();
        }
        const int failed = ::pthread_atfork(before, after_in_parent, after_in_child);
        state.store(failed == 0 ? done : 0, std::memory_order_release);
        if (failed != 0)
            throw std::system_error(failed, std::generic_category(),
                                    "palimpsest: pthread_atfork() failed");
    }

    void* owner_;
    hook before_;
    hook in_parent_;
    hook in_child_;
    fork_hooks* next_ = nullptr;
    fork_hooks* previous_ = nullptr;
};

}  // namespace palimpsest::os
