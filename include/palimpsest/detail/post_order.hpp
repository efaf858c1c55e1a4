// The nodes of a graph that can be reached, each after all that it leads to, but for loops.
#pragma once

#include <cstddef>
#include <vector>

namespace palimpsest::detail {

/// `index(node)` is less than `count`; `successors(node)` gives something with a size and places.
/// Takes time linear in nodes and edges, and no recursion.
template <class Node, class Index, class Successors>
std::vector<Node> post_order(Node entry, std::size_t count, Index&& index,
                             Successors&& successors) {
    struct visit {
        Node at;
        std::size_t next = 0;
    };
    std::vector<Node> made;
    std::vector<bool> seen(count);
    std::vector<visit> path{{entry}};
    seen[index(entry)] = true;
    while (!path.empty()) {
        auto& [at, next] = path.back();
        const auto& all = successors(at);
        if (next == static_cast<std::size_t>(all.size())) {
            made.push_back(at);
            path.pop_back();
            continue;
        }
        const Node to = all[next++];
        if (seen[index(to)]) continue;
        seen[index(to)] = true;
        path.push_back({to});
    }
    return made;
}

}  // namespace palimpsest::detail
