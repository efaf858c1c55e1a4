// SPDX-License-Identifier: Apache-2.0
// The contract of the role `threading`.
#pragma once

#include <concepts>
#include <cstddef>
#include <palimpsest/pool/detail/contract/contract.hpp>
#include <palimpsest/pool/roles.hpp>

#include <palimpsest/pool/detail/contract/macros.hpp>

namespace palimpsest::detail {

namespace of_threading {

template <class Policy>
using mutex_of = typename Policy::mutex;

PALIMPSEST_CONDITION(threading, mutex, mutex, Policy, std::default_initializable<mutex_of<Policy>>,
                     "class mutex with a default constructor");

PALIMPSEST_FUNCTION(threading, lock, mutex_of<Policy>, "void lock() in the mutex", void());
PALIMPSEST_FUNCTION(threading, unlock, mutex_of<Policy>, "void unlock() in the mutex", void());
PALIMPSEST_STATIC_FUNCTION(threading, shards, Policy,
                           "static std::size_t shards(std::size_t slots)",
                           std::size_t(std::size_t));
PALIMPSEST_STATIC_FUNCTION(threading, home, Policy, "static std::size_t home(std::size_t shards)",
                           std::size_t(std::size_t));

}  // namespace of_threading

template <>
struct contracts_of<roles::threading> : no_hooks {
    using required = contracts<of_threading::mutex, of_threading::lock, of_threading::unlock,
                               of_threading::shards, of_threading::home>;
};

}  // namespace palimpsest::detail

#include <palimpsest/pool/detail/contract/undefine_macros.hpp>
