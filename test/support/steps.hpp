// SPDX-License-Identifier: Apache-2.0
// How long random tests run: --steps of each test executable.
#pragma once

#include <cstddef>

namespace palimpsest::test {

inline std::size_t steps = 60;

}  // namespace palimpsest::test
