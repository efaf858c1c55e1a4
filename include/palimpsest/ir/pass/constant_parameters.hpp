// A parameter of a block that gets the same value from everywhere, or itself, becomes an alias of
// that value and goes, with the arguments for it.
//
// Finds at once what takes itself around a loop, through other parameters too: each parameter is
// held to be the first value it is seen to get, until it gets another. That happens at most once to
// each, so the time is linear in arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/flow.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/incoming_edges.hpp>
#include <vector>

namespace palimpsest::pass {

namespace detail {

class parameter_values {
  public:
    explicit parameter_values(ir::function& of)
        : of_(of),
          reachable_(ir::post_order(of)),
          known_(of.value_count()),
          first_(of.value_count(), nothing),
          formal_(of.value_count()) {
        for (const auto one : reachable_)
            if (one != of.entry())
                for (const auto parameter : of.parameters(one)) formal_[parameter.index()] = true;
    }

    void find() {
        // In reverse post order most parameters are known before they are passed on.
        for (auto from = reachable_.rbegin(); from != reachable_.rend(); ++from)
            for (const auto& target : of_.targets(of_.last(*from))) note(target);
        for (auto from = reachable_.rbegin(); from != reachable_.rend(); ++from)
            for (const auto& target : of_.targets(of_.last(*from))) meet(target);
        while (!waiting_.empty()) {
            const auto changed = waiting_.back();
            waiting_.pop_back();
            for (auto at = first_[changed.index()]; at != nothing; at = passed_[at].next)
                meet(passed_[at].to, changed);
        }
    }

    /// True when there was something to replace.
    bool replace() {
        const ir::incoming_edges edges(of_, of_.blocks());
        bool changed = false;
        for (const auto one : reachable_)
            if (one != of_.entry()) changed |= replace(one, edges);
        return changed;
    }

  private:
    static constexpr auto nothing = ~std::uint32_t{0};

    /// A parameter as an argument for another.
    struct passing {
        ir::value to;
        std::uint32_t next = nothing;  // of the same parameter
    };

    void note(const ir::block_call& target) {
        const auto parameters = of_.parameters(target.to);
        std::size_t place = 0;
        for (auto& argument : of_.arguments(target)) {
            argument = of_.resolve_shortening(argument);
            const auto to = parameters[place++];
            if (!formal_[argument.index()]) continue;
            passed_.push_back({to, first_[argument.index()]});
            first_[argument.index()] = static_cast<std::uint32_t>(passed_.size() - 1);
        }
    }
    void meet(const ir::block_call& target) {
        const auto parameters = of_.parameters(target.to);
        std::size_t place = 0;
        for (const auto argument : of_.arguments(target)) meet(parameters[place++], argument);
    }
    /// A parameter gets one more value. What is known of it: nothing, one value, or itself when
    /// there are several.
    void meet(ir::value parameter, ir::value argument) {
        const auto got = formal_[argument.index()] ? known_[argument.index()] : argument;
        auto& known = known_[parameter.index()];
        if (!got || known == parameter || known == got) return;
        known = known ? parameter : got;
        waiting_.push_back(parameter);
    }

    bool replace(ir::block in, const ir::incoming_edges& edges) {
        std::vector<bool> kept;
        bool all = true;
        for (const auto one : of_.parameters(in)) {
            const auto known = known_[one.index()];
            kept.push_back(!known || known == one);
            all = all && kept.back();
            if (!kept.back()) of_.make_alias(one, known);
        }
        if (all) return false;
        const auto keep = [&](std::size_t place) -> bool { return kept[place]; };
        for (const auto& [from, place] : edges.to(in))
            of_.retain_arguments(of_.targets(from)[place], keep);
        of_.retain_parameters(in, keep);
        return true;
    }

    ir::function& of_;
    std::vector<ir::block> reachable_;
    std::vector<ir::value> known_;      // of each parameter
    std::vector<std::uint32_t> first_;  // in `passed_`, of each parameter
    std::vector<bool> formal_;          // a parameter of a block that branches lead to
    std::vector<passing> passed_;
    std::vector<ir::value> waiting_;
};

}  // namespace detail

struct constant_parameters {
    bool operator()(ir::function& of) const {
        detail::parameter_values values(of);
        values.find();
        return values.replace();
    }
};

}  // namespace palimpsest::pass
