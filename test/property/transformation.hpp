// What a random module goes through. It must do the same afterwards.
//
// A transformation is a type with a `name`, and called with a module and a seed for its own
// choices; it throws when it sees a mistake itself. Who adds one adds it to the list at the end.
#pragma once

#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <cstddef>
#include <cstdint>
#include <palimpsest/inline/ir_adapter.hpp>
#include <palimpsest/inline/mechanics.hpp>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::test {

/// Printed and read again.
struct text_round_trip {
    static constexpr std::string_view name = "text_round_trip";

    void operator()(ir::module& of, std::uint64_t) const {
        const auto text = ir::text::print(of);
        of = ir::text::read_module(text);
        if (ir::text::print(of) != text)
            throw std::runtime_error("what was read prints otherwise:\n" + ir::text::print(of));
    }
};

/// Each call by name of a function that the module has, once; of a recursive one too.
struct inline_every_call {
    static constexpr std::string_view name = "inline_every_call";

    void operator()(ir::module& of, std::uint64_t) const {
        const auto bodies = of;
        for (auto& one : of.functions) inline_calls(one, bodies);
    }

  private:
    struct site {
        ir::block in;
        ir::inst call;
        const ir::function* callee;
    };
    static void inline_calls(ir::function& caller, const ir::module& bodies) {
        std::vector<site> sites;
        for (const auto in : caller.blocks())
            for (const auto call : caller.call_sites(in)) {
                const auto& callee = caller.functions[caller[call].as<ir::function_ref>()];
                if (const auto* const body = bodies.find(callee.name))
                    sites.push_back({in, call, body});
            }
        inlining::ir_adapter adapter(caller);
        // The last first: what stands behind a call moves to another block.
        for (auto one = sites.rbegin(); one != sites.rend(); ++one)
            inlining::inline_call(adapter, caller, one->in, one->call, *one->callee);
    }
};

/// One behind the other, and so on what the first left.
template <class First, class Second>
struct in_a_row {
    static inline const std::string name =
        std::string(First::name) + ", " + std::string(Second::name);

    void operator()(ir::module& of, std::uint64_t seed) const {
        First()(of, seed);
        Second()(of, seed);
    }
};

inline constexpr auto transformations =
    boost::hana::tuple_t<text_round_trip, inline_every_call,
                         in_a_row<inline_every_call, text_round_trip>>;

/// Wrong on purpose, to see that it is found: what is added is subtracted.
struct mistaken {
    static constexpr std::string_view name = "mistaken";

    void operator()(ir::module& of, std::uint64_t) const {
        for (auto& function : of.functions)
            for (const auto in : function.blocks())
                for (const auto one : function.instructions(in))
                    if (function[one].code == ir::opcode::iadd)
                        function[one].code = ir::opcode::isub;
    }
};

/// Wrong on purpose: calls are forgotten, and what they give is not defined any more.
struct malforming {
    static constexpr std::string_view name = "malforming";

    void operator()(ir::module& of, std::uint64_t) const {
        for (auto& function : of.functions)
            for (const auto in : function.blocks()) {
                std::vector<ir::inst> calls;
                for (const auto one : function.call_sites(in))
                    if (!ir::ends_block(function[one].code)) calls.push_back(one);
                for (const auto one : calls) function.remove(in, one);
            }
    }
};

}  // namespace palimpsest::test
