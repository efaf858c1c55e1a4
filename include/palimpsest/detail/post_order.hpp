// SPDX-License-Identifier: Apache-2.0
// The nodes of a graph that can be reached, each after all that it leads to, but for loops.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace palimpsest::detail {

/// Searches one graph after the other, in the same memory.
template <class Node>
class post_order_search {
  public:
    /// `index(node)` is less than `count`; `successors(node)` gives something with a size and
    /// places. Takes time linear in nodes and edges, and no recursion. What it gives lasts until
    /// the next search.
    template <class Index, class Successors>
    std::vector<Node>& find(Node entry, std::size_t count, Index&& index, Successors&& successors) {
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
    /// Whether the last search came to the node of this index.
    bool has_reached(std::size_t index) const noexcept { return seen_[index]; }

  private:
    struct visit {
        Node at;
        std::size_t next = 0;
    };
    std::vector<Node> made_;
    std::vector<bool> seen_;
    std::vector<visit> path_;
};

/// One search.
template <class Node, class Index, class Successors>
std::vector<Node> post_order(Node entry, std::size_t count, Index&& index,
                             Successors&& successors) {
    return std::move(post_order_search<Node>().find(entry, count, index, successors));
}

}  // namespace palimpsest::detail
