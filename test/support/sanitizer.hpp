// SPDX-License-Identifier: Apache-2.0
// Which sanitizer the tests are compiled with.
#pragma once

namespace palimpsest::test {

// GCC 12 defines macros, Clang 16 has only __has_feature.
#if defined(__has_feature)
inline constexpr bool address_sanitizer = __has_feature(address_sanitizer);
inline constexpr bool thread_sanitizer = __has_feature(thread_sanitizer);
#else
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool address_sanitizer = true;
#else
inline constexpr bool address_sanitizer = false;
#endif
#if defined(__SANITIZE_THREAD__)
inline constexpr bool thread_sanitizer = true;
#else
inline constexpr bool thread_sanitizer = false;
#endif
#endif

/// Whether memory can be allocated in the child that a process with several threads forks. The C
/// library's malloc promises it; the sanitizers of address and of threads replace it by allocators
/// whose locks a fork may leave locked in the child, until LLVM 18 and 19.
inline constexpr bool allocates_after_fork = !address_sanitizer && !thread_sanitizer;

}  // namespace palimpsest::test
