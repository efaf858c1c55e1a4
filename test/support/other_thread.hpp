// SPDX-License-Identifier: Apache-2.0
// A thread that does what it is told, while its creator waits without taking a page fault or making
// a system call that could: for tests that count either.
#pragma once

#include <atomic>
#include <thread>

namespace palimpsest::test {

class other_thread {
  public:
    other_thread()
        : thread_([this] {
              while (!ends_) {
                  if (auto* const work = work_.load()) {
                      work(argument_);
                      work_ = nullptr;
                  }
                  std::this_thread::yield();
              }
          }) {}
    other_thread(const other_thread&) = delete;
    other_thread& operator=(const other_thread&) = delete;
    ~other_thread() {
        ends_ = true;
        thread_.join();
    }

    /// Runs `act` on the other thread, and returns when it is done.
    template <class Act>
    void run(Act&& act) {
        argument_ = &act;
        work_ = [](void* argument) { (*static_cast<std::remove_reference_t<Act>*>(argument))(); };
        while (work_ != nullptr) std::this_thread::yield();
    }

  private:
    std::atomic<void (*)(void*)> work_{nullptr};
    void* argument_ = nullptr;
    std::atomic<bool> ends_{false};
    std::thread thread_;
};

}  // namespace palimpsest::test
