// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/inline/decide/all_of.hpp>
#include <palimpsest/inline/decide/always.hpp>
#include <palimpsest/inline/decide/any_of.hpp>
#include <palimpsest/inline/decide/never.hpp>
#include <palimpsest/inline/decide/not_.hpp>
#include <palimpsest/inline/decide/revisit.hpp>
#include <palimpsest/inline/decide/small_callee.hpp>
#include <palimpsest/inline/decide/sum_limit.hpp>
#include <palimpsest/inline/inliner.hpp>

#include <catch2/catch.hpp>

#include <type_traits>

namespace decide = palimpsest::decide;
namespace inlining = palimpsest::inlining;
using inlining::answer;
using inlining::call_site;

namespace {

/// How often it was asked.
struct counting {
    int asked = 0;
    bool operator()(const call_site&) { return ++asked > 0; }
};

call_site sized(std::size_t caller, std::size_t callee) {
    call_site made;
    made.caller_size = caller;
    made.callee_size = callee;
    return made;
}

}  // namespace

TEST_CASE("all_of gives the reason of the first that keeps, and asks no further") {
    decide::all_of<decide::sum_limit<100>, decide::small_callee<10>, counting> all;
    CHECK(all(sized(50, 10)).inlines());
    CHECK(all.get<counting>().asked == 1);
    CHECK(text_of(all(sized(50, 11)).why) == "instructions of the callee: 11, limit 10");
    CHECK(text_of(all(sized(99, 11)).why) == "instructions of caller and callee: 110, limit 100");
    CHECK(all.get<counting>().asked == 1);
}

TEST_CASE("any_of gives the reason of the first that inlines, and asks no further") {
    decide::any_of<decide::small_callee<10>, decide::sum_limit<100>, counting> any;
    CHECK(text_of(any(sized(200, 5)).why) == "instructions of the callee: 5, limit 10");
    CHECK(text_of(any(sized(20, 50)).why) == "instructions of caller and callee: 70, limit 100");
    CHECK(any.get<counting>().asked == 0);
    CHECK(any(sized(200, 50)).inlines());
    CHECK(any.get<counting>().asked == 1);
    CHECK_FALSE(decide::any_of<decide::never, decide::never>()(call_site()).inlines());
}

TEST_CASE("not_ turns an answer round, and says so") {
    decide::not_<decide::small_callee<10>> large;
    CHECK(large(sized(0, 11)).inlines());
    CHECK(text_of(large(sized(0, 9)).why) ==
          "the opposite of: instructions of the callee: 9, limit 10");
    decide::not_<decide::not_<decide::never>> twice;
    CHECK(text_of(twice(call_site()).why) == "never");
}

TEST_CASE("revisit asks for another look at what it inlines, and at nothing else") {
    CHECK(decide::revisit<decide::always>()(call_site()).is == answer::inline_and_revisit);
    CHECK(decide::revisit<decide::never>()(call_site()).is == answer::keep);
    decide::all_of<decide::always, decide::revisit<decide::always>> last_counts;
    CHECK(last_counts(call_site()).is == answer::inline_and_revisit);
}

TEST_CASE("policies that are empty take no space, and nothing is dispatched at run time") {
    using composed = decide::all_of<decide::sum_limit<2000>, decide::not_<decide::never>,
                                    decide::any_of<decide::always, decide::small_callee<50>>>;
    STATIC_REQUIRE(std::is_empty_v<composed>);
    STATIC_REQUIRE_FALSE(std::is_polymorphic_v<composed>);
    STATIC_REQUIRE(sizeof(inlining::inliner<composed>) == sizeof(inlining::limits));
    STATIC_REQUIRE_FALSE(std::is_polymorphic_v<inlining::inliner<composed>>);
    // The composition also works at compile time.
    STATIC_REQUIRE(composed()(call_site()).inlines());
}

TEST_CASE("lambdas are composed like policies") {
    int limit = 3;
    auto few = [&](const call_site& site) {
        return site.arguments < static_cast<std::size_t>(limit);
    };
    decide::all_of both(decide::always(), few);
    call_site site;
    CHECK(both(site).inlines());
    limit = 0;
    const auto kept = both(site);
    CHECK_FALSE(kept.inlines());
    CHECK(text_of(kept.why) == "the embedder's choice");
}
