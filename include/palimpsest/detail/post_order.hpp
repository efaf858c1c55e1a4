// SPDX-License-Identifier: Apache-2.0
// The reachable nodes of a graph in post-order: each node comes after all nodes that it leads to,
// except where there is a loop.
#pragma once

#include <cstddef>
#include <palimpsest/light_vector.hpp>
#include <utility>

namespace palimpsest::detail {

/// Searches one graph after another, and reuses its memory.
template <class Node>
class post_order_search {
  public:
    /// Returns the nodes that can be reached from `entry`, in post-order; the result is valid until
    /// the next search. `index(node)` must be less than `count`, and `successors(node)` must return
    /// something with `size()` and `[]`. Takes time linear in nodes and edges, without recursion.
    template <class Index, class Successors>
    light_vector<Node>& find(Node entry, std::size_t count, Index&& index,
                             Successors&& successors) {
        made_.clear();
        seen_.assign(count, false);
        path_.assign(1, visit{entry});
        seen_[index(entry)] = true;
        while (!path_.empty()) {
            auto& [at, next] = path_.back();
            const auto& all = successors(at);
            if (next == static_cast<std::size_t>(all.size())) {
                made_.push_back(at);
                path_.pop_back();
                continue;
            }
            const Node to = all[next++];
            if (seen_[index(to)]) continue;
            seen_[index(to)] = true;
            path_.push_back({to});
        }
        return made_;
    }
    /// Whether the last search reached the node with this index.
    bool has_reached(std::size_t index) const noexcept { return seen_[index]; }

  private:
    struct visit {
        Node at;
        std::size_t next = 0;
    };
    light_vector<Node> made_;
    light_vector<bool> seen_;
    light_vector<visit> path_;
};

/// Makes a single search, and returns the reachable nodes in post-order.
template <class Node, class Index, class Successors>
light_vector<Node> post_order(Node entry, std::size_t count, Index&& index,
                              Successors&& successors) {
    return std::move(post_order_search<Node>().find(entry, count, index, successors));
}

}  // namespace palimpsest::detail
