// SPDX-License-Identifier: Apache-2.0
// Compiles the library functions that are the same in every program: reading, printing, verifying,
// linking, passes. Include it in one source file of a program, before any other header of the
// library, and define PALIMPSEST_COMPILED as 1 for all source files. See detail/compile_once.hpp.
#pragma once

#if defined(PALIMPSEST_COMPILE_ONCE)
#error "palimpsest: include compiled.hpp before any other header of the library"
#endif
#define PALIMPSEST_COMPILE_HERE

#include <palimpsest/inline.hpp>
