// SPDX-License-Identifier: Apache-2.0
// What the tests' host offers its guests: a symbol, and functions bound at run time.
#pragma once

#include <palimpsest/builtin/intrinsics.hpp>
#include <palimpsest/ir/interpreter/host.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace palimpsest::test {

struct host_of_test {
    std::uint64_t data = 0;  // the address of the host data
    std::map<std::string, std::uint64_t, std::less<>>
        functions{};  // name, and what each call returns
    std::size_t calls = 0;

    std::optional<ir::trap_code> call(std::string_view name, const ir::signature&,
                                      std::span<const ir::data_value>,
                                      std::span<ir::data_value> results) {
        ++calls;
        const auto found = functions.find(name);
        if (found == functions.end()) return ir::trap_code::no_body;
        for (auto& one : results) one = ir::data_value::of(one.type, found->second);
        return std::nullopt;
    }
    std::optional<std::uint64_t> symbol(std::string_view name) const {
        if (name == builtin::host_data_symbol) return data;
        return std::nullopt;
    }
};

}  // namespace palimpsest::test
