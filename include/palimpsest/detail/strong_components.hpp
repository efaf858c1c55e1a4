// SPDX-License-Identifier: Apache-2.0
// The strongly connected components of a graph, each after all components that it leads to.
#pragma once

#include <cstddef>
#include <limits>
#include <palimpsest/light_vector.hpp>
#include <utility>

namespace palimpsest::detail {

/// A graph whose nodes are numbered from 0, as one list of edges: those of node n begin at
/// `begins[n]`, and end where those of the next node begin.
struct edge_lists {
    light_vector<std::size_t> begins{0};
    light_vector<std::size_t> to{};

    std::size_t node_count() const noexcept { return begins.size() - 1; }
    /// Ends the edges of a node, which have been added to `to`, and begins the next node.
    void end_node() { begins.push_back(to.size()); }
};

/// The nodes, component by component, and in the order of their numbers within each.
struct strong_components {
    light_vector<std::size_t> nodes;
    light_vector<std::size_t> of_node;  // the number of its component, in that order
};

/// Finds the components by Tarjan's algorithm ("Depth-First Search and Linear Graph Algorithms",
/// 1972), without recursion. Takes time linear in nodes and edges.
template <class = void>
class basic_component_search {
  public:
    explicit basic_component_search(const edge_lists& graph)
        : graph_(graph), number_(graph.node_count(), none), lowest_(graph.node_count()) {
        made_.of_node.resize(graph.node_count(), none);
    }

    strong_components run() {
        for (std::size_t root = 0; root < graph_.node_count(); ++root) {
            if (number_[root] != none) continue;
            begin(root);
            while (!path_.empty()) step();
        }
        list_nodes();
        return std::move(made_);
    }

  private:
    static constexpr auto none = std::numeric_limits<std::size_t>::max();
    struct visit {
        std::size_t node;
        std::size_t next;
    };

    void begin(std::size_t node) {
        number_[node] = lowest_[node] = numbered_++;
        open_.push_back(node);
        path_.push_back({node, graph_.begins[node]});
    }
    /// Follows the next edge of the last node of the path, or leaves that node.
    void step() {
        auto& [node, next] = path_.back();
        if (next == graph_.begins[node + 1]) return leave(node);
        const auto to = graph_.to[next++];
        if (number_[to] == none)
            begin(to);
        else if (made_.of_node[to] == none)
            lower(node, number_[to]);
    }
    void leave(std::size_t node) {
        path_.pop_back();
        if (lowest_[node] == number_[node]) complete(node);
        if (!path_.empty()) lower(path_.back().node, lowest_[node]);
    }
    void lower(std::size_t node, std::size_t to) noexcept {
        if (to < lowest_[node]) lowest_[node] = to;
    }
    void complete(std::size_t node) noexcept {
        std::size_t left = none;
        do {
            left = open_.back();
            open_.pop_back();
            made_.of_node[left] = completed_;
        } while (left != node);
        ++completed_;
    }
    void list_nodes() {
        light_vector<std::size_t> next(completed_ + 1);  // where a component's next node goes
        for (const auto component : made_.of_node) ++next[component + 1];
        for (std::size_t one = 0; one < completed_; ++one) next[one + 1] += next[one];
        made_.nodes.resize(graph_.node_count());
        for (std::size_t node = 0; node < graph_.node_count(); ++node)
            made_.nodes[next[made_.of_node[node]]++] = node;
    }

    const edge_lists& graph_;
    light_vector<std::size_t> number_;  // in the order of finding
    light_vector<std::size_t> lowest_;
    light_vector<std::size_t> open_{};  // nodes whose component is not complete
    light_vector<visit> path_{};
    std::size_t numbered_ = 0;
    std::size_t completed_ = 0;
    strong_components made_{};
};

/// The components of a graph: see basic_component_search.
template <class = void>
strong_components find_strong_components(const edge_lists& graph) {
    return basic_component_search<>(graph).run();
}

}  // namespace palimpsest::detail
