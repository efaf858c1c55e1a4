// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/detail/strong_components.hpp>

#include <catch2/catch.hpp>
#include <vector>

using palimpsest::detail::edge_lists;
using palimpsest::detail::find_strong_components;

namespace {

using graph = std::vector<std::vector<std::size_t>>;

struct components {
    graph all;
    std::vector<std::size_t> of_node;
};

components components_of(const graph& of) {
    edge_lists edges;
    for (const auto& all : of) {
        for (const auto to : all) edges.to.push_back(to);
        edges.end_node();
    }
    const auto found = find_strong_components(edges);
    components made{{}, {found.of_node.begin(), found.of_node.end()}};
    for (const auto node : found.nodes) {
        made.all.resize(found.of_node[node] + 1);
        made.all[found.of_node[node]].push_back(node);
    }
    return made;
}

}  // namespace

TEST_CASE("what calls comes behind what it calls") {
    const auto found = components_of({{1, 2}, {3}, {3}, {}});
    CHECK(found.all == graph{{3}, {1}, {2}, {0}});
    CHECK(found.of_node == std::vector<std::size_t>{3, 1, 2, 0});
}

TEST_CASE("nodes that lead to each other are one component, and so is one that leads to itself") {
    const auto found = components_of({{1}, {2, 4}, {0}, {3, 2}, {4}});
    CHECK(found.all == graph{{4}, {0, 1, 2}, {3}});
    CHECK(found.of_node[0] == found.of_node[2]);
}

TEST_CASE("a way back into a component that is complete changes nothing") {
    const auto found = components_of({{1, 2}, {}, {1, 3}, {2, 1}});
    CHECK(found.all == graph{{1}, {2, 3}, {0}});
}

TEST_CASE("a chain of a hundred thousand nodes needs no stack") {
    graph chain(100'000);
    for (std::size_t node = 0; node + 1 < chain.size(); ++node) chain[node] = {node + 1};
    const auto found = components_of(chain);
    REQUIRE(found.all.size() == chain.size());
    CHECK(found.all.front() == std::vector<std::size_t>{99'999});
    chain.back() = {0};
    CHECK(components_of(chain).all.size() == 1);
}
