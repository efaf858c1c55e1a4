// SPDX-License-Identifier: Apache-2.0
// What a fuzzer reports as a mistake.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace palimpsest::test {

inline void require(bool holds, const char* what, const std::string& about = {}) {
    if (holds) return;
    std::fprintf(stderr, "%s\n%s\n", what, about.c_str());
    std::abort();
}

}  // namespace palimpsest::test
