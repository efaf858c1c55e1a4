// SPDX-License-Identifier: Apache-2.0
// Each policy alone, asked about made-up call sites.

#include <palimpsest/inline/decide/always.hpp>
#include <palimpsest/inline/decide/builtins_only.hpp>
#include <palimpsest/inline/decide/constant_arguments.hpp>
#include <palimpsest/inline/decide/inter_module.hpp>
#include <palimpsest/inline/decide/never.hpp>
#include <palimpsest/inline/decide/single_call_site.hpp>
#include <palimpsest/inline/decide/small_callee.hpp>
#include <palimpsest/inline/decide/sum_limit.hpp>
#include <palimpsest/inline/decision.hpp>

#include <catch2/catch.hpp>

namespace decide = palimpsest::decide;
using palimpsest::inlining::answer;
using palimpsest::inlining::call_site;
using palimpsest::inlining::Decision;
using palimpsest::inlining::text_of;

TEST_CASE("never keeps and always inlines") {
    CHECK_FALSE(decide::never()(call_site{}).inlines());
    CHECK(decide::always()(call_site{}).is == answer::inline_);
}

TEST_CASE("builtins_only inlines builtins, wherever they are called") {
    call_site site;
    CHECK_FALSE(decide::builtins_only()(site).inlines());
    site.callee_is_builtin = true;
    CHECK(decide::builtins_only()(site).inlines());
}

TEST_CASE("inter_module inlines what is called across modules") {
    call_site site;
    CHECK_FALSE(decide::inter_module()(site).inlines());
    site.crosses_modules = true;
    CHECK(decide::inter_module()(site).inlines());
}

TEST_CASE("small_callee inlines up to its size, and says both numbers") {
    call_site site;
    site.callee_size = 50;
    CHECK(decide::small_callee<50>()(site).inlines());
    const auto kept = decide::small_callee<49>()(site);
    CHECK_FALSE(kept.inlines());
    CHECK(text_of(kept.why) == "instructions of the callee: 50, limit 49");
}

TEST_CASE("sum_limit counts the caller too") {
    call_site site;
    site.caller_size = 1990;
    site.callee_size = 10;
    CHECK(decide::sum_limit<2000>()(site).inlines());
    site.callee_size = 11;
    CHECK_FALSE(decide::sum_limit<2000>()(site).inlines());
}

TEST_CASE("single_call_site inlines what goes with its last call, and nothing that stays") {
    call_site site;
    site.callee_call_sites = 1;
    CHECK_FALSE(decide::single_call_site()(site).inlines());
    site.callee_is_only_called = true;
    CHECK(decide::single_call_site()(site).inlines());
    site.callee_call_sites = 2;
    CHECK_FALSE(decide::single_call_site()(site).inlines());
    site.callee_call_sites = 1;
    site.is_recursive = true;  // the copy calls it again
    CHECK_FALSE(decide::single_call_site()(site).inlines());
}

TEST_CASE("constant_arguments needs one") {
    call_site site;
    site.arguments = 2;
    CHECK_FALSE(decide::constant_arguments()(site).inlines());
    site.constant_arguments = 1;
    CHECK(decide::constant_arguments()(site).inlines());
}

TEST_CASE("what can be called with a call site and gives a verdict, an answer or a bool decides") {
    const auto gives_bool = [](const call_site&) { return true; };
    const auto gives_answer = [](const auto&) { return answer::keep; };
    const auto asks_more = [](const auto& site) { return site.instructions_folded() > 3; };
    STATIC_REQUIRE(Decision<decltype(gives_bool)>);
    STATIC_REQUIRE(Decision<decltype(gives_answer)>);
    STATIC_REQUIRE(Decision<decltype(asks_more)>);
    STATIC_REQUIRE_FALSE(Decision<int>);
    const auto gives_nothing = [](const call_site&) {};
    STATIC_REQUIRE_FALSE(Decision<decltype(gives_nothing)>);
}
