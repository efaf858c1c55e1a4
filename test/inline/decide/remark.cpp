// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/inline/decide/always.hpp>
#include <palimpsest/inline/decide/remark.hpp>
#include <palimpsest/inline/decide/small_callee.hpp>

#include <catch2/catch.hpp>

namespace decide = palimpsest::decide;
using palimpsest::inlining::call_site;

namespace {

call_site named(std::string_view caller, std::string_view callee) {
    call_site made;
    made.caller = caller;
    made.callee = callee;
    made.caller_size = 20;
    made.callee_size = 5;
    made.loop_depth = 1;
    made.constant_arguments = 2;
    return made;
}

}  // namespace

TEST_CASE("a remark says who calls whom, the sizes, the answer and the reason") {
    decide::remark<decide::small_callee<4>> policy;
    CHECK_FALSE(policy(named("main", "get")).inlines());
    REQUIRE(policy.remarks().size() == 1);
    CHECK(policy.text() ==
          "%main (20 instructions) calls %get (5): keep, since instructions of the callee: 5, "
          "limit 4\n");
}

TEST_CASE("remarks are lines of JSON, whatever the names are") {
    decide::remark<decide::always> policy;
    CHECK(policy(named("guest/run", "a\"b\\c\n\x01\xc3\xa9")).inlines());
    CHECK(policy.json_lines() ==
          "{\"caller\":\"guest/run\",\"callee\":\"a\\\"b\\\\c\\u000a\\u0001\xc3\xa9\","
          "\"caller_size\":20,\"callee_size\":5,\"loop_depth\":1,\"constant_arguments\":2,"
          "\"answer\":\"inline\",\"reason\":\"always\"}\n");
}

TEST_CASE("names that are no UTF-8 are JSON all the same") {
    decide::remark<decide::always> policy;
    policy(named("\xff\xe2\x82", "\xe2\x82\xac\xed\xa0\x80\xc0\x80\xf0\x9f\x98\x80"));
    const auto line = policy.json_lines();
    CHECK(
        line.starts_with("{\"caller\":\"\\ufffd\\ufffd\\ufffd\",\"callee\":\"\xe2\x82\xac"
                         "\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\xf0\x9f\x98\x80\","));
}

TEST_CASE("remarks outlive the names they were made of") {
    decide::remark<decide::always> policy;
    {
        const std::string passing(100, 'x');
        policy(named(passing, passing));
    }
    CHECK(policy.remarks()[0].caller == std::string(100, 'x'));
}

TEST_CASE("what the driver overrules is a remark of its own") {
    decide::remark<decide::always> policy;
    const auto site = named("f", "g");
    policy(site);
    policy.overruled(site, "a limit");
    CHECK(policy.remarks()[1].is == palimpsest::inlining::answer::keep);
    CHECK(policy.remarks()[1].why == "a limit");
}
