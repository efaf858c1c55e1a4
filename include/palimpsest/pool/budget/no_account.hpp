// SPDX-License-Identifier: Apache-2.0
// The account type of a budget that keeps no accounts.
#pragma once

namespace palimpsest::budget {

/// The account of a budget that keeps no record per slot: `using account = budget::no_account;`.
struct no_account {};

}  // namespace palimpsest::budget
