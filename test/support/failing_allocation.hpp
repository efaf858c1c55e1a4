// SPDX-License-Identifier: Apache-2.0
// Makes one allocation of a thread fail. Replaces the global operator new, so only one file of an
// executable may include it.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace palimpsest::test {

/// The allocation of this thread that fails, counted down; 0 for none.
inline thread_local std::size_t allocations_left = 0;

/// Null for an allocation that fails.
inline void* allocate(std::size_t bytes) noexcept {
    if (allocations_left != 0 && --allocations_left == 0) return nullptr;
    return std::malloc(bytes == 0 ? 1 : bytes);
}

inline void* allocate_or_throw(std::size_t bytes) {
    if (void* const at = allocate(bytes)) return at;
    throw std::bad_alloc();
}

}  // namespace palimpsest::test

// All forms except the aligned ones: a sanitizer keeps its own for those not replaced, and reports
// a mismatch if one of its own allocates memory that one of these frees.
//
// Once these are inlined, GCC warns of a mismatch of malloc and delete.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void* operator new(std::size_t bytes) { return palimpsest::test::allocate_or_throw(bytes); }
void* operator new[](std::size_t bytes) { return palimpsest::test::allocate_or_throw(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    return palimpsest::test::allocate(bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
    return palimpsest::test::allocate(bytes);
}
void operator delete(void* at) noexcept { std::free(at); }
void operator delete[](void* at) noexcept { std::free(at); }
void operator delete(void* at, std::size_t) noexcept { std::free(at); }
void operator delete[](void* at, std::size_t) noexcept { std::free(at); }
void operator delete(void* at, const std::nothrow_t&) noexcept { std::free(at); }
void operator delete[](void* at, const std::nothrow_t&) noexcept { std::free(at); }
#pragma GCC diagnostic pop
