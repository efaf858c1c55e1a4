// expect: palimpsest: this policy for the role 'decision' does not model the concept Decision
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/inline.hpp>

namespace ps = palimpsest;

// Returns nothing.
struct silent {
    void operator()(const ps::inlining::call_site&) const {}
};

ps::decide::all_of<ps::decide::never, silent> policy;
