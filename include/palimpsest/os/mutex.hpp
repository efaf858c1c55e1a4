// SPDX-License-Identifier: Apache-2.0
// A mutex without the header <mutex>, which includes clocks and costs users of the library more to
// compile than all of the library's own code.
#pragma once

#include <pthread.h>

namespace palimpsest::os {

/// A plain mutex over pthread_mutex_t: not recursive, constant-initialised, and unaffected by
/// thread cancellation. Use it through `locked`.
class mutex {
  public:
    mutex() = default;
    mutex(const mutex&) = delete;
    mutex& operator=(const mutex&) = delete;

    // Neither can fail: the mutex is neither recursive nor robust, and nothing else uses it.
    void lock() noexcept { (void)::pthread_mutex_lock(&native_); }
    void unlock() noexcept { (void)::pthread_mutex_unlock(&native_); }

  private:
    pthread_mutex_t native_ = PTHREAD_MUTEX_INITIALIZER;
};

/// Locks a mutex of any type when it is made, and unlocks it when it is destroyed.
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
