// SPDX-License-Identifier: Apache-2.0
// Pages of anonymous memory for a test, small ones, unmapped with their owner.
#pragma once

#include <cstddef>
#include <palimpsest/os/mapping.hpp>
#include <span>
#include <stdexcept>

namespace palimpsest::test {

class scratch_memory {
  public:
    explicit scratch_memory(std::size_t pages) : mapping_(reserved(pages)) {
        if (!os::make_accessible{}(range()) || !os::refuse_merging{}(range()))
            throw std::runtime_error("no scratch memory");
    }

    os::address_range range() const { return mapping_.range(); }
    std::span<std::byte> bytes() const { return {range().data(), range().size()}; }
    os::address_range page(std::size_t index) const {
        const auto begin = range().begin + index * os::page_size;
        return {begin, begin + os::page_size};
    }

  private:
    static os::mapping reserved(std::size_t pages) {
        const auto taken = os::reserve{}(pages * os::page_size);
        if (!taken) throw std::runtime_error("no address space");
        return os::mapping(taken.value);
    }

    os::mapping mapping_;
};

}  // namespace palimpsest::test
