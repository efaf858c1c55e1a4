// SPDX-License-Identifier: Apache-2.0
// The contract of the role `system`: it must run every call that the pool and its policies make.
//
// A system runs them with a template, since there are many. An overload for one call must take the
// call's arguments by value. An overload by reference would be called for some arguments only, and
// the template for the others.
#pragma once

#include <concepts>
#include <palimpsest/os/call.hpp>
#include <palimpsest/os/guard_marker.hpp>
#include <palimpsest/os/kernel_setting.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/mapping_count.hpp>
#include <palimpsest/os/memory_file.hpp>
#include <palimpsest/os/page_faults.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <palimpsest/os/readable.hpp>
#include <palimpsest/os/shortage.hpp>
#include <palimpsest/os/soft_dirty.hpp>
#include <palimpsest/os/userfaultfd.hpp>
#include <palimpsest/os/vectored_decommit.hpp>
#include <palimpsest/pool/detail/contract/contract.hpp>
#include <palimpsest/pool/roles.hpp>
#include <utility>

#include <palimpsest/pool/detail/contract/macros.hpp>

namespace palimpsest::detail {

// All calls of os/.
// clang-format off
#define PALIMPSEST_CALLS(of)                                                                       \
    of(reserve)                                                                                    \
    of(map_inaccessible)                                                                           \
    of(map_copy_on_write)                                                                          \
    of(map_readable)                                                                               \
    of(unmap)                                                                                      \
    of(make_accessible)                                                                            \
    of(make_inaccessible)                                                                          \
    of(decommit)                                                                                   \
    of(refuse_merging)                                                                             \
    of(install_guards)                                                                             \
    of(remove_guards)                                                                              \
    of(read_setting)                                                                               \
    of(count_mappings)                                                                             \
    of(most_mappings)                                                                              \
    of(create_memory_file)                                                                         \
    of(resize_file)                                                                                \
    of(write_file)                                                                                 \
    of(bytes_taken)                                                                                \
    of(punch_hole)                                                                                 \
    of(seal_file)                                                                                  \
    of(count_page_faults)                                                                          \
    of(open_pagemap)                                                                               \
    of(scan_pagemap)                                                                               \
    of(protect_written_pages)                                                                      \
    of(read_pagemap)                                                                               \
    of(populate_readable)                                                                          \
    of(most_descriptors)                                                                           \
    of(open_clear_refs)                                                                            \
    of(clear_soft_dirty)                                                                           \
    of(open_write_tracker)                                                                         \
    of(track_writes)                                                                               \
    of(lift_write_protection)                                                                      \
    of(open_own_process)                                                                           \
    of(vectored_decommit)                                                                          \
    of(vectored_remove_guards)
// clang-format on

template <class>
using any_argument_for = any_argument;

/// The checks of a system for one call, given the call's signature.
template <class Call,
          class Function =
              typename signature<typename pointee<decltype(&Call::operator())>::type>::type>
struct call_of;
template <class Call, class Result, class... Arguments>
struct call_of<Call, Result(Arguments...)> {
    using result = Result;

    /// Whether a system runs the call, with lvalues and with rvalues, and returns the call's
    /// result.
    template <class System>
    static constexpr bool run_by = requires(const System& system, Call call, Arguments... given) {
        { system(call, given...) } noexcept -> std::same_as<Result>;
        { system(call, static_cast<Arguments&&>(given)...) } noexcept -> std::same_as<Result>;
    };

    /// Whether there is an overload for this call, or a template for its arguments only. The
    /// template for all calls does not match here, since it deduces nothing from braces.
    template <class System>
    static constexpr bool overloaded_by = requires(System& system, Call call) {
        system({call}, any_argument_for<Arguments>{}...);
    } || (sizeof...(Arguments) != 0 && requires(System& system, Call call, Arguments... given) {
                                              requires(... && std::is_class_v<Arguments>);
                                              system(call, {given}...);
                                          });
    template <class System>
    static constexpr bool overloaded_rightly_by = requires {
        static_cast<Result (System::*)(Call, Arguments...) const>(&System::operator());
    };

    template <class System>
    static constexpr bool is_kept_by() {
        if constexpr (!run_by<System>)
            return false;
        else
            return !overloaded_by<System> || overloaded_rightly_by<System>;
    }

    template <class System>
    static constexpr auto found() {
        if constexpr (requires(const System& system, Call call, Arguments... given) {
                          system(call, given...);
                      })
            return found_type<
                call_that_gives<decltype(std::declval<const System&>()(
                                    std::declval<Call&>(), std::declval<Arguments&>()...)),
                                !noexcept(std::declval<const System&>()(
                                    std::declval<Call&>(), std::declval<Arguments&>()...))>>{};
        else
            return found_type<no_such_member>{};
    }
};

#define PALIMPSEST_RUNS(name) requires call_of<os::name>::template is_kept_by<System>();
template <class System>
concept runs_calls = requires { PALIMPSEST_CALLS(PALIMPSEST_RUNS) };
#undef PALIMPSEST_RUNS

#define PALIMPSEST_CALL_DIFFERS(name, found)                                                       \
    PALIMPSEST_DIFFERS_IN(system, operator(),                                                      \
                          "template <os::Call Call, class... Arguments> auto operator()(Call, "    \
                          "Arguments&&...) const noexcept, which gives what the call gives",       \
                          found " os::" #name)
#define PALIMPSEST_EXPLAIN_CALL(name)                                                              \
    if constexpr (!call_of<os::name>::template is_kept_by<System>()) {                             \
        using found = typename decltype(call_of<os::name>::template found<System>())::type;        \
        if constexpr (call_of<os::name>::template run_by<System>)                                  \
            static_assert(is_as_expected<System, found>,                                           \
                          PALIMPSEST_CALL_DIFFERS(                                                 \
                              name, "an overload with other parameters than by value for"));       \
        else if constexpr (is_none<found>)                                                         \
            static_assert(is_as_expected<System, found>,                                           \
                          PALIMPSEST_CALL_DIFFERS(name, "none that takes"));                       \
        else                                                                                       \
            static_assert(is_as_expected<System, found>,                                           \
                          PALIMPSEST_CALL_DIFFERS(name, "one that differs for"));                  \
    } else

/// Fails to compile at the first call that is not run as required.
template <class System>
constexpr void explain_calls() {
    PALIMPSEST_CALLS(PALIMPSEST_EXPLAIN_CALL) {}
}

#undef PALIMPSEST_EXPLAIN_CALL
#undef PALIMPSEST_CALL_DIFFERS
#undef PALIMPSEST_CALLS

namespace of_system {

PALIMPSEST_DEFAULT(system, itself, constructor, Policy);

struct calls {
    template <class Policy>
    static constexpr bool kept_by = runs_calls<Policy>;
    template <class Policy>
    static constexpr void explain() {
        explain_calls<Policy>();
    }
};

}  // namespace of_system

template <>
struct contracts_of<roles::system> : no_hooks {
    using required = contracts<of_system::itself, of_system::calls>;
};

}  // namespace palimpsest::detail

#include <palimpsest/pool/detail/contract/undefine_macros.hpp>
