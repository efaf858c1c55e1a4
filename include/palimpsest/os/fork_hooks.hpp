// What must happen around fork: locks are taken before it, so that the child finds the data they
// protect whole, and the child replaces the descriptors that belong to its parent.
//
// Hooks run for fork(); a raw clone system call, like everything else in libc, is not covered.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <palimpsest/os/mutex.hpp>
#include <system_error>
#include <utility>

namespace palimpsest::os {

/// How many forks lie between the first process and this one, counted from main on.
inline constinit std::atomic<std::uint64_t> fork_generation{0};

/// Calls `before_fork`, `after_fork_in_parent` and `after_fork_in_child` of its owner, which must
/// be noexcept, for as long as it lives. The calls are made on the thread that forks.
class fork_hooks {
  public:
    template <class Owner>
    explicit fork_hooks(Owner& owner)
        : owner_(&owner),
          before_([](void* of) noexcept { static_cast<Owner*>(of)->before_fork(); }),
          in_parent_([](void* of) noexcept { static_cast<Owner*>(of)->after_fork_in_parent(); }),
          in_child_([](void* of) noexcept { static_cast<Owner*>(of)->after_fork_in_child(); }) {
        if (registered_ != 0)
            throw std::system_error(registered_, std::generic_category(),
                                    "palimpsest: pthread_atfork() failed");
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

        void before() {
            mutex.lock();
            for (auto* at = first; at != nullptr; at = at->next_) at->before_(at->owner_);
        }
        void after(hook fork_hooks::*which) {
            for (auto* at = first; at != nullptr; at = at->next_) (at->*which)(at->owner_);
            mutex.unlock();
        }
    };

    static registry& all() noexcept {
        static constinit registry one;
        return one;
    }

    /// Once a process, not once a type of owner: the handlers take the lock of the registry, and a
    /// second set of them would wait for the first. Before main, when no other thread can fork.
    static int register_handlers() noexcept {
        return ::pthread_atfork([] { all().before(); },
                                [] { all().after(&fork_hooks::in_parent_); },
                                [] {
                                    fork_generation.fetch_add(1, std::memory_order_relaxed);
                                    all().after(&fork_hooks::in_child_);
                                });
    }
    static const int registered_;

    void* owner_;
    hook before_;
    hook in_parent_;
    hook in_child_;
    fork_hooks* next_ = nullptr;
    fork_hooks* previous_ = nullptr;
};

inline const int fork_hooks::registered_ = fork_hooks::register_handlers();

}  // namespace palimpsest::os
