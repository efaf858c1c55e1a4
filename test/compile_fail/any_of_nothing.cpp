// expect: palimpsest: a composed policy for the role 'decision' needs a policy
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/inline.hpp>

palimpsest::decide::any_of<> policy;
