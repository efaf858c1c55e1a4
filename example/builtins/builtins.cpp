// SPDX-License-Identifier: Apache-2.0
// Compile-time builtins: a guest's calls to the host become the loads and stores of their bodies.
//
// Runs a guest over a host buffer, first with calls to the host's functions, then with those
// inlined by a policy and the passes run; prints the program before and after, and why each call
// was inlined or kept.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <palimpsest/inline.hpp>
#include <palimpsest/ir.hpp>
#include <span>
#include <vector>

#include "host_buffer.hpp"

namespace ps = palimpsest;
namespace decide = palimpsest::decide;
namespace ir = palimpsest::ir;

namespace {

// The policy is a type: builtins always, and those of the guest's own calls that pay off.
using policy =
    decide::remark<decide::all_of<decide::sum_limit<2000>,
                                  decide::any_of<decide::builtins_only, decide::benefit<>>>>;

struct result {
    std::uint64_t returned = 0;
    std::uint64_t instructions = 0;
    std::vector<std::byte> buffer;
};

result run(const ir::module& code) {
    result made;
    for (int number = 0; number < 1'000; ++number)
        made.buffer.push_back(static_cast<std::byte>(number));
    const host_buffer::data data{made.buffer.data(), made.buffer.size()};
    ir::interpreter<host_buffer::host> machine(code, {}, {&data});
    machine.memory().add(made.buffer);
    machine.memory().add_read_only(std::as_bytes(std::span(&data, 1)));
    const auto outcome = machine.run("guest/increment_all", {});
    if (outcome.trap) std::printf("trap %s\n", ir::name(outcome.trap->code).c_str());
    if (outcome) made.returned = outcome.results[0].bits;
    made.instructions = machine.instructions_run();
    return made;
}

}  // namespace

int main() {
    auto program = host_buffer::link();
    std::printf(
        "; Before: calls of the host, and in the host's functions calls of intrinsics.\n\n%s",
        ir::text::print(program.code).c_str());
    const auto with_calls = run(program.code);

    ps::inlining::inliner<policy, ps::pass::standard> inliner;
    const auto summary = inliner(program);
    std::printf("\n; After: %zu of %zu calls inlined, %zu functions dropped.\n\n%s",
                summary.inlined, summary.call_sites, summary.functions_dropped,
                ir::text::print(program.code).c_str());
    std::printf("\n; Why.\n%s", inliner.decision().text().c_str());
    const auto inlined = run(program.code);

    const bool same =
        with_calls.returned == inlined.returned && with_calls.buffer == inlined.buffer;
    std::printf("\n%llu bytes: %llu instructions with calls, %llu inlined; the results are %s\n",
                static_cast<unsigned long long>(inlined.returned),
                static_cast<unsigned long long>(with_calls.instructions),
                static_cast<unsigned long long>(inlined.instructions),
                same ? "the same" : "NOT the same");
    return same && inlined.returned == 1'000 ? 0 : 1;
}
