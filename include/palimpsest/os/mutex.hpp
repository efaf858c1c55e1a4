// SPDX-License-Identifier: Apache-2.0
// A mutex without the header <mutex>, which brings clocks and costs the users of the library more
// to compile than all of its own code.
#pragma once

#include <pthread.h>

namespace palimpsest::os {

class mutex {
  public:
    mutex() = default;
    mutex(const mutex&) = delete;
    mutex& operator=(const mutex&) = delete;

    // Neither fails on a mutex that is not recursive and not robust, used by these two alone.
    void lock() noexcept { (void)::pthread_mutex_lock(&native_); }
    void unlock() noexcept { (void)::pthread_mutex_unlock(&native_); }

  private:
    pthread_mutex_t native_ = PTHREAD_MUTEX_INITIALIZER;
};

/// Holds a mutex, of any type, while it lives.
template <class Mutex>
class locked {
  public:
    explicit locked(Mutex& mutex) noexcept : mutex_(mutex) { mutex_.lock(); }
    locked(const locked&) = delete;
    locked& operator=(const locked&) = delete;
    ~locked() { mutex_.unlock(); }

  private:
    Mutex& mutex_;
};

}  // namespace palimpsest::os
