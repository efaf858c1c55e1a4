// SPDX-License-Identifier: Apache-2.0
// What inlining costs, and what it gains.
//
//     inline_calls/C/S      S calls of a callee of C instructions inlined into one caller; copied/s
//                           is linear when it is the same for all C and S
//     inline_program/C/S    the same by the driver, with the search for the calls and the decisions
//     memory_floor/C/S      copying the tables of the caller with everything inlined, nothing else
//     print_text, read_text bytes of CLIF a second
//     interpret/loop        instructions a second
//     eliminate_loads/R/U   load elimination over a function of 20,000 accesses in 500 blocks that
//                           declares R alias regions and uses U of them in turn, which is as much
//                           to look at for all R and U: `ratio` is the time to that of one region,
//                           measured in the same run
//     eliminate_loads/in_loops/N/C
//                           load elimination over N loops in each other, where the innermost one
//                           stores to N slots, C of them different: `ratio` is the time to that of
//                           one slot, measured in the same run
//     host_buffer/POLICY    a guest increments each byte of a host buffer through builtins:
//                           instructions/byte counts what the interpreter ran

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <palimpsest/inline.hpp>
#include <palimpsest/ir.hpp>
#include <range/v3/view/reverse.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "builtins/host_buffer.hpp"

namespace {

namespace decide = palimpsest::decide;
namespace inlining = palimpsest::inlining;
namespace ir = palimpsest::ir;
namespace linking = palimpsest::linking;
namespace pass = palimpsest::pass;

const ir::signature unary{{{.type = ir::type::i64}}, {{.type = ir::type::i64}}};

/// A callee of `size` instructions, its return included: arithmetic, with a branch around some of
/// it every twenty.
ir::function make_callee(std::int64_t size) {
    ir::function made;
    made.name = "callee";
    made.signature = unary;
    ir::function_builder to(made);
    const auto entry = to.append_entry();
    to.switch_to(entry);
    auto value = to.parameter(entry);
    for (std::int64_t left = size - 1; left > 0; --left) {
        if (left % 20 == 0 && left > 3) {
            const auto some = to.append_block();
            const auto behind = to.append_block({ir::type::i64});
            to.brif(value, {some}, {behind, {value}});
            to.switch_to(some);
            const auto other = to.binary_imm(ir::opcode::bxor_imm, value, 0x55);
            to.jump({behind, {other}});
            to.switch_to(behind);
            value = to.parameter(behind);
            left -= 2;
        } else {
            value = to.binary_imm(left % 2 == 0 ? ir::opcode::iadd_imm : ir::opcode::imul_imm,
                                  value, left);
        }
    }
    to.return_({value});
    return made;
}

ir::module make_program(std::int64_t size, std::int64_t sites) {
    ir::module made;
    made.functions.push_back(make_callee(size));
    ir::function& caller = made.functions.emplace_back();
    caller.name = "caller";
    caller.signature = unary;
    ir::function_builder to(caller);
    const auto callee = to.declare_function("callee", unary);
    const auto entry = to.append_entry();
    to.switch_to(entry);
    auto value = to.parameter(entry);
    for (std::int64_t site = 0; site < sites; ++site) value = to.call(callee, {value})[0];
    to.return_({value});
    return made;
}

/// The mechanics alone: inlines each call, from the last to the first.
void inline_calls(benchmark::State& state) {
    auto before = make_program(state.range(0), state.range(1));
    linking::program program{before, palimpsest::light_vector<linking::function_facts>(2)};
    const auto sites = inlining::program_adapter(program).calls(1);
    std::size_t copied = 0;
    for (auto _ : state) {
        state.PauseTiming();
        auto caller = std::make_unique<ir::function>(before.functions[1]);
        state.ResumeTiming();
        inlining::ir_adapter adapter(*caller);
        inlining::call_inliner inline_call(adapter);
        for (const auto& site : sites | ranges::views::reverse)
            copied += inline_call(*caller, site.in, site.call, before.functions[0]).instructions;
        state.PauseTiming();
        caller.reset();
        state.ResumeTiming();
    }
    state.counters["copied/s"] =
        benchmark::Counter(static_cast<double>(copied), benchmark::Counter::kIsRate);
}

/// The driver: looks for the calls, orders the functions, asks the decision, has them inlined.
void inline_program(benchmark::State& state) {
    const auto before = make_program(state.range(0), state.range(1));
    std::size_t copied = 0;
    for (auto _ : state) {
        state.PauseTiming();
        auto code = std::make_unique<ir::module>(before);
        state.ResumeTiming();
        inlining::inliner<decide::always> inliner({}, {.instructions = 10'000'000});
        copied += inliner(*code).instructions_copied;
        state.PauseTiming();
        code.reset();
        state.ResumeTiming();
    }
    state.counters["copied/s"] =
        benchmark::Counter(static_cast<double>(copied), benchmark::Counter::kIsRate);
}

void memory_floor(benchmark::State& state) {
    auto code = make_program(state.range(0), state.range(1));
    inlining::inliner<decide::always> inliner({}, {.instructions = 10'000'000});
    const auto count = inliner(code).instructions_copied;
    for (auto _ : state) {
        const auto copy = std::make_unique<ir::function>(code.functions[1]);
        benchmark::DoNotOptimize(copy.get());
        benchmark::ClobberMemory();
    }
    state.counters["copied/s"] =
        benchmark::Counter(static_cast<double>(count) * static_cast<double>(state.iterations()),
                           benchmark::Counter::kIsRate);
}

std::string sample_text() {
    ir::module code;
    for (int number = 0; number < 50; ++number) {
        code.functions.push_back(make_callee(200));
        code.functions.back().name = "callee" + std::to_string(number);
    }
    return ir::text::print(code);
}

void read_text(benchmark::State& state) {
    const auto text = sample_text();
    for (auto _ : state) benchmark::DoNotOptimize(ir::text::read_module(text));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
void print_text(benchmark::State& state) {
    const auto text = sample_text();
    const auto code = ir::text::read_module(text);
    for (auto _ : state) benchmark::DoNotOptimize(ir::text::print(code));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void interpret_loop(benchmark::State& state) {
    const auto code = ir::text::read_module(R"(
function %sum(i64) -> i64 {
block0(v0: i64):
    v1 = iconst.i64 0
    jump block1(v0, v1)
block1(v2: i64, v3: i64):
    v4 = imul v2, v2
    v5 = iadd v3, v4
    v6 = iadd_imm v2, -1
    brif v6, block1(v6, v5), block2
block2:
    return v5
})");
    ir::interpreter<> machine(code);
    const std::vector given{ir::data_value::i64(100'000)};
    for (auto _ : state) benchmark::DoNotOptimize(machine.run("sum", given));
    state.counters["instructions/s"] = benchmark::Counter(
        static_cast<double>(machine.instructions_run()), benchmark::Counter::kIsRate);
}

/// Diamonds in a loop; each block has loads and stores to one region after the other.
ir::function make_accesses(std::int64_t declared, std::int64_t used) {
    constexpr std::int64_t diamonds = 167;
    constexpr std::int64_t accesses_each = 20;
    ir::function made("accesses", {{{.type = ir::type::i64}, {.type = ir::type::i64}}, {}});
    ir::function_builder to(made);
    std::vector<ir::alias_region> regions;
    for (std::int64_t number = 0; number < declared; ++number)
        regions.push_back(to.declare_region(static_cast<std::uint32_t>(number)));
    const auto entry = to.append_entry();
    to.switch_to(entry);
    const auto address = to.parameter(entry, 0);
    const auto count = to.parameter(entry, 1);
    std::int64_t next = 0;
    const auto write_accesses = [&](ir::block in) {
        to.switch_to(in);
        for (std::int64_t one = 0; one < accesses_each; ++one) {
            const auto region = regions[static_cast<std::size_t>(next++ / 2 % used)];
            const ir::memory_flags flags(ir::memory_flags::notrap, region);
            const auto loaded = to.load(ir::type::i64, address, 8 * (next % 64), flags);
            to.store(loaded, address, 8 * (next % 48), flags);
        }
    };
    const auto head = to.append_block();
    to.jump(head);
    auto at = head;
    for (std::int64_t diamond = 0; diamond < diamonds; ++diamond) {
        const auto left = to.append_block();
        const auto right = to.append_block();
        const auto join = to.append_block();
        write_accesses(at);
        to.brif(count, left, right);
        write_accesses(left);
        to.jump(join);
        write_accesses(right);
        to.jump(join);
        at = join;
    }
    const auto end = to.append_block();
    to.switch_to(at);
    to.brif(count, head, end);
    to.switch_to(end);
    to.return_();
    return made;
}

double seconds_to_eliminate(ir::function of) {
    const auto begin = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(pass::load_elimination{}(of));
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    return taken.count();
}

void report_ratio(benchmark::State& state, const ir::function& subject, const ir::function& to) {
    double least_of_other = seconds_to_eliminate(to);
    double least = seconds_to_eliminate(subject);
    for (auto _ : state) {
        least_of_other = std::min(least_of_other, seconds_to_eliminate(to));
        const auto taken = seconds_to_eliminate(subject);
        least = std::min(least, taken);
        state.SetIterationTime(taken);
    }
    state.counters["ratio"] = least / least_of_other;
}

void eliminate_loads(benchmark::State& state) {
    report_ratio(state, make_accesses(state.range(0), state.range(1)), make_accesses(1, 1));
}

/// Nested loops with as many stores in the innermost, to `used` slots in turn.
ir::function make_nested_loops(std::int64_t loops, std::int64_t used) {
    ir::function made("loops", {{{.type = ir::type::i64}}, {}});
    ir::function_builder to(made);
    std::vector<ir::stack_slot> slots;
    for (std::int64_t slot = 0; slot < used; ++slot) slots.push_back(to.declare_stack_slot(8));
    std::vector<ir::block> heads{to.append_entry()};
    const auto value = to.parameter(heads[0]);
    for (std::int64_t loop = 0; loop < loops; ++loop) {
        const auto next = to.append_block();
        to.switch_to(heads.back());
        to.jump(next);
        heads.push_back(next);
    }
    to.switch_to(heads.back());
    for (std::int64_t store = 0; store < loops; ++store)
        to.stack_store(value, slots[static_cast<std::size_t>(store % used)]);
    for (; heads.size() > 1; heads.pop_back()) {
        const auto behind = to.append_block();
        to.brif(value, heads.back(), behind);
        to.switch_to(behind);
    }
    to.return_();
    return made;
}

void eliminate_loads_in_loops(benchmark::State& state) {
    report_ratio(state, make_nested_loops(state.range(0), state.range(1)),
                 make_nested_loops(state.range(0), 1));
}

template <class Policy>
void host_buffer_by(benchmark::State& state) {
    auto program = ::host_buffer::link();
    inlining::inliner<Policy, pass::standard>()(program);
    constexpr std::size_t bytes = 100'000;
    std::vector<std::byte> buffer(bytes);
    const ::host_buffer::data data{buffer.data(), buffer.size()};
    ir::interpreter<::host_buffer::host> machine(program.code, {}, {&data});
    machine.memory().add(buffer);
    machine.memory().add_read_only(std::as_bytes(std::span(&data, 1)));
    for (auto _ : state)
        if (!machine.run("guest/increment_all", {})) throw std::runtime_error("the guest trapped");
    const auto runs = static_cast<double>(state.iterations());
    if (buffer[7] != static_cast<std::byte>(state.iterations()))
        throw std::runtime_error("the buffer does not hold what it should");
    state.counters["instructions/byte"] =
        static_cast<double>(machine.instructions_run()) / (runs * static_cast<double>(bytes));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void sizes(benchmark::internal::Benchmark* of) {
    of->ArgsProduct({{10, 100, 1'000}, {10, 100, 1'000}})->Unit(benchmark::kMicrosecond);
}

BENCHMARK(inline_calls)->Apply(sizes);
BENCHMARK(inline_program)->Apply(sizes);
BENCHMARK(memory_floor)->Apply(sizes);
BENCHMARK(read_text)->Unit(benchmark::kMicrosecond);
BENCHMARK(print_text)->Unit(benchmark::kMicrosecond);
BENCHMARK(interpret_loop)->Name("interpret/loop")->Unit(benchmark::kMicrosecond);
BENCHMARK(eliminate_loads)
    ->Args({1, 1})
    ->Args({16, 16})
    ->Args({256, 256})
    ->Args({16, 1})
    ->Args({256, 1})
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(eliminate_loads_in_loops)
    ->Name("eliminate_loads/in_loops")
    ->Args({1'000, 1'000})
    ->Args({2'000, 2'000})
    ->Args({4'000, 4'000})
    ->Args({4'000, 16})
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(host_buffer_by<decide::never>)->Name("host_buffer/never")->Unit(benchmark::kMillisecond);
BENCHMARK(host_buffer_by<decide::builtins_only>)
    ->Name("host_buffer/builtins_only")
    ->Unit(benchmark::kMillisecond);
BENCHMARK(host_buffer_by<decide::benefit<>>)
    ->Name("host_buffer/benefit")
    ->Unit(benchmark::kMillisecond);

}  // namespace

int main(int count, char** values) {
    // Freed memory stays in the process, so that no round pays the kernel for it again.
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    benchmark::Initialize(&count, values);
    if (benchmark::ReportUnrecognizedArguments(count, values)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
