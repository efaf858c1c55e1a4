// SPDX-License-Identifier: Apache-2.0
// Compares what a pass makes of a module with the module before.
#pragma once

#include <catch2/catch.hpp>
#include <palimpsest/ir/interpreter/interpreter.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/ir/verifier.hpp>
#include <range/v3/algorithm/count.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "support/walks.hpp"

namespace palimpsest::test {

inline std::size_t count_of(const ir::function& in, ir::opcode code) {
    return static_cast<std::size_t>(
        ranges::count(all_instructions(in), code, [&](ir::inst one) { return in[one].code; }));
}

/// A module of a test; the pass was run on its function %f, which must be the first.
template <class Pass>
class before_and_after {
  public:
    explicit before_and_after(const std::string& text)
        : before_(ir::text::read_module(text)), after_(before_), changed_(pass_over(after_)) {
        INFO(ir::text::print(after_));
        require_well_formed(after_);
        const auto printed = ir::text::print(after_);
        const auto read = ir::text::read_module(printed);
        require_well_formed(read);
        CHECK(ir::text::print(read) == printed);
        after_ = read;
        auto again = after_;
        CHECK_FALSE(Pass()(again.functions.at(0)));
    }

    bool changed() const noexcept { return changed_; }
    std::size_t before(ir::opcode code) const { return count_of(before_.functions[0], code); }
    std::size_t after(ir::opcode code) const { return count_of(after_.functions[0], code); }

    /// Runs %f as it was and as it is, with the address of the same bytes as the first argument;
    /// results, traps and the bytes left behind must be the same. Returns the outcome.
    ir::run_outcome run(std::vector<ir::data_value> more = {}) const {
        memory bytes_before{};
        memory bytes_after{};
        const auto expected = run(before_, more, bytes_before);
        const auto found = run(after_, more, bytes_after);
        INFO(ir::text::print(after_));
        CHECK(found.results == expected.results);
        REQUIRE(found.trap.has_value() == expected.trap.has_value());
        if (found.trap) CHECK(found.trap->code == expected.trap->code);
        CHECK(bytes_after == bytes_before);
        return found;
    }
    std::uint64_t result(std::vector<ir::data_value> more = {}) const {
        const auto outcome = run(std::move(more));
        REQUIRE(outcome);
        return outcome.results.at(0).bits;
    }

  private:
    static bool pass_over(ir::module& module) {
        require_well_formed(module);
        return Pass()(module.functions.at(0));
    }

    using memory = std::array<std::byte, 256>;
    /// The program's address of the bytes, the same each time.
    static constexpr std::uint64_t address = 0x4000'0000;

    static void require_well_formed(const ir::module& of) {
        for (const auto& problem : ir::verify(of)) FAIL(problem.text);
    }
    static ir::run_outcome run(const ir::module& of, const std::vector<ir::data_value>& more,
                               memory& bytes) {
        for (std::size_t index = 0; index < bytes.size(); ++index)
            bytes[index] = static_cast<std::byte>(index * 7 + 1);
        ir::interpreter<> machine(of, {.fuel = 100'000});
        machine.memory().add_at(address, bytes);
        std::vector<ir::data_value> arguments{ir::data_value::i64(address)};
        arguments.insert(arguments.end(), more.begin(), more.end());
        arguments.resize(of.functions[0].signature.parameters.size());
        return machine.run("f", arguments);
    }

    ir::module before_;
    ir::module after_;
    bool changed_;
};

}  // namespace palimpsest::test
