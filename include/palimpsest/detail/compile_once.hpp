// SPDX-License-Identifier: Apache-2.0
// Functions that are the same in every program, and need not be compiled in each source file.
//
// The library is header-only, so by default each source file compiles what it uses. A program with
// many files defines PALIMPSEST_COMPILED as 1 for all of them, and includes compiled.hpp in one:
// that file compiles the functions named by PALIMPSEST_COMPILE_ONCE, and the others only declare
// them. Such a function is a template without `inline`, since compilers instantiate inline
// functions even if they are declared extern.
#pragma once

#if defined(PALIMPSEST_COMPILE_HERE)
#define PALIMPSEST_COMPILE_ONCE(...) template __VA_ARGS__
#elif defined(PALIMPSEST_COMPILED) && PALIMPSEST_COMPILED
#define PALIMPSEST_COMPILE_ONCE(...) extern template __VA_ARGS__
#else
#define PALIMPSEST_COMPILE_ONCE(...) static_assert(true)
#endif
