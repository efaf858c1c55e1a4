// SPDX-License-Identifier: Apache-2.0
// A system that makes chosen calls fail, for pools that are built with it:
//
//     ps::instance_pool<test::failing_system, ...> pool(limits);
//     const test::failing<os::decommit> refused(ENOMEM);           // every call while it lives
//     const test::failing<os::scan_pagemap> second(EAGAIN, 2, 1);  // the second call only
//     const test::failing<test::any_call> third(ENOMEM, 3, 1);     // the third, of whatever type
//     third.half_way();                                            // which does half of its work
//     before
//
// Other calls go to the kernel. A plan holds for all threads and all pools.
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <limits>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/call.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/pool/roles.hpp>
#include <string_view>
#include <utility>

namespace palimpsest::test {

/// Which calls of one type fail. None while `error` is 0.
struct failing_calls {
    std::atomic<int> error{0};
    std::atomic<std::size_t> first{0};
    std::atomic<std::size_t> behind_last{0};
    std::atomic<std::size_t> made{0};
    std::atomic<std::size_t> failed{0};
    std::atomic<bool> half_way{false};

    /// The error of the call that is about to be made, 0 for none.
    int next() noexcept {
        const auto planned = error.load();
        if (planned == 0) return 0;
        const auto number = made.fetch_add(1) + 1;
        if (number < first.load() || number >= behind_last.load()) return 0;
        failed.fetch_add(1);
        return planned;
    }
};

/// Stands for calls of all types.
struct any_call {
    static constexpr std::string_view name = "any call";
};

template <os::Call Which>
inline failing_calls calls_to_fail;

/// Makes calls fail, and counts them, while it lives. One at a time for each type of call.
template <os::Call Which>
class failing {
  public:
    static constexpr std::size_t all = std::numeric_limits<std::size_t>::max() / 2;

    /// The calls from number `first` on fail, `count` of them. Numbers begin with 1.
    explicit failing(int error, std::size_t first = 1, std::size_t count = all) noexcept {
        auto& plan = calls_to_fail<Which>;
        plan.first = first;
        plan.behind_last = first + count;
        plan.made = 0;
        plan.failed = 0;
        plan.half_way = false;
        plan.error = error;
    }
    failing(const failing&) = delete;
    failing& operator=(const failing&) = delete;
    ~failing() { calls_to_fail<Which>.error = 0; }

    /// The calls do part of their work, or all of it, before they fail.
    void half_way() const noexcept { calls_to_fail<Which>.half_way = true; }

    std::size_t made() const noexcept { return calls_to_fail<Which>.made; }
    std::size_t failed() const noexcept { return calls_to_fail<Which>.failed; }
};

/// Called for a range that a call made accessible in part before it failed.
inline std::atomic<void (*)(os::address_range) noexcept> opened_half_way{nullptr};

struct failing_system {
    using role = roles::system;

    // Not inlined, since tests make pools of hundreds of types, and each has dozens of calls.
    template <os::Call Which, class... Arguments>
    [[gnu::noinline]] auto operator()(Which call, Arguments&&... arguments) const noexcept {
        using outcome = decltype(call(std::forward<Arguments>(arguments)...));
        for (auto* plan : {&calls_to_fail<any_call>, &calls_to_fail<Which>})
            if (const int error = plan->next(); error != 0) {
                if (plan->half_way) do_half(call, arguments...);
                return outcome{{}, error};
            }
        return os::direct_system{}(call, std::forward<Arguments>(arguments)...);
    }

  private:
    /// The first half of a range, since the kernel goes by address; all of what takes no range.
    template <class Call, class... Arguments>
    static void do_half(Call call, Arguments&... arguments) noexcept {
        (void)call(arguments...);
    }
    template <class Call, class... Arguments>
    static void do_half(Call call, os::address_range range, Arguments&... arguments) noexcept {
        range.end = range.begin + os::round_up_to_page(range.size() / 2);
        (void)call(range, arguments...);
        if constexpr (std::same_as<Call, os::make_accessible>)
            if (auto* const store = opened_half_way.load()) store(range);
    }
};

}  // namespace palimpsest::test
