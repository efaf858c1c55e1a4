// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/inline/decide/benefit.hpp>
#include <palimpsest/inline/decision.hpp>

#include <catch2/catch.hpp>

namespace decide = palimpsest::decide;
namespace inlining = palimpsest::inlining;

namespace {

struct site_of_test : inlining::call_site {
    std::size_t folds = 0;
    std::size_t instructions_folded() const { return folds; }
};

site_of_test sized(std::size_t callee) {
    site_of_test made;
    made.callee_size = callee;
    made.arguments = 2;
    made.results = 1;
    return made;
}

constexpr auto estimate = [](const site_of_test& site) {
    return decide::default_model::estimate(site);
};

}  // namespace

TEST_CASE("a call is worth its cost, its arguments and its results") {
    CHECK(estimate(sized(7)) == 0);
    CHECK(decide::benefit<>()(sized(7)).inlines());
    CHECK_FALSE(decide::benefit<>()(sized(8)).inlines());
    CHECK(decide::benefit<decide::default_model, -1>()(sized(8)).inlines());
}

TEST_CASE("instructions that fold are saved, and add nothing") {
    auto site = sized(20);
    site.folds = 10;
    CHECK(estimate(site) == 7 - 20);  // without a constant nothing folds
    site.constant_arguments = 1;
    CHECK(estimate(site) == 7 + 10 - 10);
}

TEST_CASE("a loop makes a call worth more, and two loops more again, but no third") {
    auto site = sized(57);
    CHECK(estimate(site) < 0);
    site.loop_depth = 1;
    CHECK(estimate(site) == 7 * 8 - 57);
    site.loop_depth = 2;
    CHECK(estimate(site) == 7 * 64 - 57);
    site.loop_depth = 9;
    CHECK(estimate(site) == 7 * 64 - 57);
}

TEST_CASE("what is cold is worth little") {
    auto site = sized(2);
    site.is_cold = true;
    CHECK(estimate(site) == 7 / 4 - 2);
}

TEST_CASE("the last call of a private function moves its body, whatever its size") {
    auto site = sized(100'000);
    site.callee_is_only_called = true;
    site.callee_call_sites = 1;
    CHECK(decide::benefit<>()(site).inlines());
    site.callee_call_sites = 2;
    CHECK_FALSE(decide::benefit<>()(site).inlines());
}

TEST_CASE("a recursive call has no benefit") {
    auto site = sized(1);
    site.is_recursive = true;
    CHECK_FALSE(decide::benefit<>()(site).inlines());
}

namespace {
/// A model of the embedder: bytes of machine code.
struct bytes {
    template <class Site>
    static std::int64_t estimate(const Site& site) {
        return 16 - 4 * static_cast<std::int64_t>(site.callee_size);
    }
};
}  // namespace

TEST_CASE("a model and a threshold of one's own") {
    const auto made = decide::benefit<bytes, 4>()(sized(3));
    CHECK(made.inlines());
    CHECK(text_of(made.why) == "estimated benefit: 4, limit 4");
    CHECK_FALSE(decide::benefit<bytes, 5>()(sized(3)).inlines());
}
