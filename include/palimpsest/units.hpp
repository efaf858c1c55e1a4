// SPDX-License-Identifier: Apache-2.0
// Sizes in bytes as literals: 64_KiB, 8_MiB, 2_GiB.
#pragma once

#include <cstddef>

namespace palimpsest {
inline namespace literals {

/// Kibibytes, as a number of bytes: 1_KiB is 1024.
consteval std::size_t operator""_KiB(unsigned long long count) {
    return static_cast<std::size_t>(count) << 10U;
}

/// Mebibytes, as a number of bytes: 1_MiB is 1024 KiB.
consteval std::size_t operator""_MiB(unsigned long long count) {
    return static_cast<std::size_t>(count) << 20U;
}

/// Gibibytes, as a number of bytes: 1_GiB is 1024 MiB.
consteval std::size_t operator""_GiB(unsigned long long count) {
    return static_cast<std::size_t>(count) << 30U;
}

}  // namespace literals
}  // namespace palimpsest
