// SPDX-License-Identifier: Apache-2.0
// expect: palimpsest: a composed policy for the role 'decision' needs a policy
#include <palimpsest/inline.hpp>

palimpsest::decide::any_of<> policy;
