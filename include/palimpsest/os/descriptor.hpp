// SPDX-License-Identifier: Apache-2.0
// A file descriptor that is closed with its owner.
#pragma once

#include <palimpsest/os/raw.hpp>
#include <utility>

namespace palimpsest::os {

/// Owns a file descriptor, and closes it when it is destroyed. It can be moved but not copied; a
/// default-constructed or moved-from one owns nothing.
class descriptor {
  public:
    descriptor() = default;
    /// Takes over `number`; a negative number means none.
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~descriptor() {
        if (number_ >= 0) (void)raw::close(number_);
    }

    /// The number, which this object still owns; -1 if there is none.
    int get() const noexcept { return number_; }
    /// Whether there is a descriptor.
    explicit operator bool() const noexcept { return number_ >= 0; }

  private:
    int number_ = -1;
};

}  // namespace palimpsest::os
