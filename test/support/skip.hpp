// SPDX-License-Identifier: Apache-2.0
// Skips a test that this machine cannot run. Catch2 2 has no means for it.
//
// ctest shows the test as "Skipped", never as passed, and test/run prints the reason. What failed
// before the skip still fails the test. Sections after the one that skips do not run: Catch2 only
// learns of a section by reaching it.

#pragma once

#include <string_view>

namespace palimpsest::test {

// Remembers that the running test case was skipped, for the exit status, and prints the reason.
void note_skip(std::string_view reason);

}  // namespace palimpsest::test

// Ends the running test case here; usable in the body of a test case, not in a function that it
// calls.
#define PALIMPSEST_SKIP(reason)                                                                    \
    do {                                                                                           \
        ::palimpsest::test::note_skip(reason);                                                     \
        return;                                                                                    \
    } while (false)

// PALIMPSEST_SKIP_UNLESS(test::has_zero_page(), test::no_zero_page);
#define PALIMPSEST_SKIP_UNLESS(condition, reason)                                                  \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            PALIMPSEST_SKIP(reason);                                                               \
        }                                                                                          \
    } while (false)
