// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/pass/pipeline.hpp>

#include <catch2/catch.hpp>

namespace ir = palimpsest::ir;
namespace pass = palimpsest::pass;

namespace {

/// Adds a letter to the name, until it has `Most`.
template <char Letter, std::size_t Most>
struct naming {
    bool operator()(ir::function& of) const {
        if (of.name.size() >= Most) return false;
        of.name += Letter;
        return true;
    }
};

}  // namespace

TEST_CASE("a pipeline runs its passes in order, and says whether one changed something") {
    ir::function of;
    CHECK(pass::pipeline<naming<'a', 5>, pass::none, naming<'b', 5>, naming<'c', 2>>{}(of));
    CHECK(of.name == "ab");
    CHECK_FALSE(pass::pipeline<naming<'a', 2>, pass::none>{}(of));
    CHECK_FALSE(pass::pipeline<>{}(of));
}

TEST_CASE("a pass is repeated until it changes nothing, but not more often than told") {
    ir::function of;
    CHECK(pass::repeat<naming<'a', 3>, 9>{}(of));
    CHECK(of.name == "aaa");
    CHECK_FALSE(pass::repeat<naming<'a', 3>, 9>{}(of));
    CHECK(pass::repeat<pass::pipeline<naming<'b', 9>, naming<'c', 9>>, 2>{}(of));
    CHECK(of.name == "aaabcbc");
}

TEST_CASE("what is no pass is told") {
    STATIC_REQUIRE(pass::Pass<pass::none>);
    STATIC_REQUIRE_FALSE(pass::Pass<int>);
    STATIC_REQUIRE_FALSE(pass::Pass<void (*)(ir::function&)>);
}
