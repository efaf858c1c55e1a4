// SPDX-License-Identifier: Apache-2.0
// The names, parameters and results of a random module's functions, before any has a body.
#pragma once

#include <cstddef>
#include <palimpsest/ir/signature.hpp>
#include <string>
#include <vector>

#include "random_operation.hpp"
#include "random_regions.hpp"
#include "random_source.hpp"

namespace palimpsest::test {

/// The first parameter only counts how many nested calls are left. At zero, a function calls
/// nobody.
inline constexpr auto depth_parameter = ir::parameter{ir::type::i32, {}, {}};

struct planned_function {
    std::string name;
    ir::signature as;
};

struct random_plan {
    std::vector<ir::signature> signatures;
    std::vector<planned_function> functions;  // in the module
    std::vector<planned_function> imports;    // the host's
    random_regions regions;

    explicit random_plan(random_source& random) : regions(random) {
        const palimpsest::light_vector<ir::parameter> one_result = random_parameters(random, 2);
        const palimpsest::light_vector<ir::parameter> other_result = random_parameters(random, 3);
        // Few, so that calls through addresses and tail calls find somebody.
        for (auto count = random.between(1, 3); count != 0; --count) {
            auto made = random_signature(random);
            made.results = random.chance(60) ? one_result : other_result;
            signatures.push_back(std::move(made));
        }
        const auto number = random.between(2, 5);
        for (std::size_t place = 0; place < number; ++place)
            functions.push_back({"f" + std::to_string(place), random.pick(signatures)});
        for (std::size_t place = 0; place < 2; ++place)
            imports.push_back({"host" + std::to_string(place), random.pick(signatures)});
    }

  private:
    static palimpsest::light_vector<ir::parameter> random_parameters(random_source& random,
                                                                     std::size_t most) {
        palimpsest::light_vector<ir::parameter> made;
        for (auto count = random.between(0, most); count != 0; --count)
            made.push_back({random_type(random), {}, {}});
        return made;
    }
    static ir::signature random_signature(random_source& random) {
        ir::signature made;
        if (random.chance(60))
            made.parameters.push_back({ir::type::i64, ir::parameter_purpose::vmctx, {}});
        made.parameters.push_back(depth_parameter);
        if (random.chance(25))
            made.parameters.push_back({ir::type::i64, ir::parameter_purpose::sret, {}});
        for (const auto& one : random_parameters(random, 3)) made.parameters.push_back(one);
        made.convention =
            random.chance(70) ? ir::calling_convention::tail : ir::calling_convention::fast;
        return made;
    }
};

}  // namespace palimpsest::test
