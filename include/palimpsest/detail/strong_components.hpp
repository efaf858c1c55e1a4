// SPDX-License-Identifier: Apache-2.0
// The strongly connected components of a graph, each after all components that it leads to.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace palimpsest::detail {

/// The nodes of each component, in the order of their numbers.
struct strong_components {
    std::vector<std::vector<std::size_t>> all;
    std::vector<std::size_t> of_node;  // its component's place in `all`
};

/// Finds the components of nodes 0 to `count` - 1 by Tarjan's algorithm ("Depth-First Search
/// and Linear Graph Algorithms", 1972), without recursion. `successors(node)` must give something
/// with `size()` and `[]`, always the same. Takes time linear in nodes and edges.
template <class Successors>
strong_components find_strong_components(std::size_t count, Successors&& successors) {
    constexpr auto none = std::numeric_limits<std::size_t>::max();
    struct visit {
        std::size_t node;
        std::size_t next = 0;
    };
    strong_components made;
    made.of_node.assign(count, none);
    std::vector<std::size_t> number(count, none), lowest(count);
    std::vector<std::size_t> open;  // nodes whose component is not complete
    std::vector<visit> path;
    std::size_t numbered = 0;
    std::size_t completed = 0;
    const auto begin = [&](std::size_t node) {
        number[node] = lowest[node] = numbered++;
        open.push_back(node);
        path.push_back({node});
    };
    const auto complete = [&](std::size_t node) {
        std::size_t left = none;
        do {
            left = open.back();
            open.pop_back();
            made.of_node[left] = completed;
        } while (left != node);
        ++completed;
    };
    for (std::size_t root = 0; root < count; ++root) {
        if (number[root] != none) continue;
        begin(root);
        while (!path.empty()) {
            auto& [node, next] = path.back();
            const auto& all = successors(node);
            if (next < static_cast<std::size_t>(all.size())) {
                const std::size_t to = all[next++];
                if (number[to] == none)
                    begin(to);
                else if (made.of_node[to] == none)
                    lowest[node] = std::min(lowest[node], number[to]);
                continue;
            }
            const auto left = node;
            path.pop_back();
            if (lowest[left] == number[left]) complete(left);
            if (!path.empty()) {
                auto& below = lowest[path.back().node];
                below = std::min(below, lowest[left]);
            }
        }
    }
    made.all.resize(completed);
    for (std::size_t node = 0; node < count; ++node) made.all[made.of_node[node]].push_back(node);
    return made;
}

}  // namespace palimpsest::detail
