// An IR that is not the library's gets the inliner, by an adapter.

#include <palimpsest/inline/mechanics.hpp>

#include <catch2/catch.hpp>

#include <map>

namespace inlining = palimpsest::inlining;

namespace {

namespace toy {

enum class op { number, add, call, jump, branch, give };

struct target {
    int to = 0;
    std::vector<int> passed;
};
struct instruction {
    toy::op op{};
    std::vector<int> uses;
    int result = -1;
    int number = 0;  // of op::number; of op::call the callee
    std::vector<target> targets{};
};
struct block {
    std::vector<int> parameters;
    std::vector<int> instructions;  // by number in the function
};
struct function {
    std::vector<block> blocks;
    std::vector<int> order;
    std::vector<instruction> pool;
    int values = 0;

    void put(int in, instruction what) {
        blocks[static_cast<std::size_t>(in)].instructions.push_back(static_cast<int>(pool.size()));
        pool.push_back(std::move(what));
    }
    block& at(int which) { return blocks[static_cast<std::size_t>(which)]; }
    const block& at(int which) const { return blocks[static_cast<std::size_t>(which)]; }
    const instruction& of(int which) const { return pool[static_cast<std::size_t>(which)]; }
};

int run(const std::vector<function>& all, const function& f, const std::vector<int>& given) {
    std::map<int, int> held;
    const auto bind = [&](int block, const std::vector<int>& passed) {
        for (std::size_t index = 0; index < passed.size(); ++index)
            held[f.at(block).parameters[index]] = passed[index];
        return block;
    };
    const auto values = [&](const std::vector<int>& uses) {
        std::vector<int> made;
        for (const int one : uses) made.push_back(held.at(one));
        return made;
    };
    for (int block = bind(f.order[0], given);;) {
        for (const int number : f.at(block).instructions) {
            const auto& it = f.of(number);
            const auto used = values(it.uses);
            if (it.op == op::number) held[it.result] = it.number;
            if (it.op == op::add) held[it.result] = used[0] + used[1];
            if (it.op == op::call)
                held[it.result] = run(all, all[static_cast<std::size_t>(it.number)], used);
            if (it.op == op::give) return used[0];
            if (it.targets.empty()) continue;
            const auto& way = it.targets[it.op == op::branch && used[0] <= 0 ? 1 : 0];
            block = bind(way.to, values(way.passed));
        }
    }
}

/// What the mechanics ask for.
struct adapter {
    using function = toy::function;
    using block = int;
    using instruction = int;
    using value = int;
    using role_type = inlining::instruction_role;

    static int entry(const function& f) { return f.order[0]; }
    static const std::vector<int>& blocks(const function& f) { return f.order; }
    static std::vector<int> successors(const function& f, int from) {
        std::vector<int> made;
        for (const auto& one : f.of(f.at(from).instructions.back()).targets) made.push_back(one.to);
        return made;
    }
    static const std::vector<int>& parameters(const function& f, int of) {
        return f.at(of).parameters;
    }
    static const std::vector<int>& instructions(const function& f, int of) {
        return f.at(of).instructions;
    }
    static std::size_t value_count(const function& f) { return static_cast<std::size_t>(f.values); }
    static std::size_t block_count(const function& f) { return f.blocks.size(); }
    static std::size_t index(int of) { return static_cast<std::size_t>(of); }
    static role_type role(const function& f, int it) {
        return f.of(it).op == op::give ? role_type::returns : role_type::plain;
    }
    static const std::vector<int>& returned(const function& f, int it) { return f.of(it).uses; }
    static bool is_tail_call(const function&, int) { return false; }
    static const std::vector<int>& call_arguments(const function& f, int it) {
        return f.of(it).uses;
    }
    static std::vector<int> call_results(const function& f, int it) { return {f.of(it).result}; }

    static void begin(function&, int, const function&) {}
    static int new_block(function& f, int behind, const function&, int) {
        f.blocks.emplace_back();
        const int made = static_cast<int>(f.blocks.size()) - 1;
        f.order.insert(std::find(f.order.begin(), f.order.end(), behind) + 1, made);
        return made;
    }
    static int split_behind(function& f, int at, int call) {
        const int made = new_block(f, at, f, at);
        auto& from = f.at(at).instructions;
        const auto next = std::find(from.begin(), from.end(), call) + 1;
        f.at(made).instructions.assign(next, from.end());
        from.erase(next, from.end());
        return made;
    }
    static int add_parameter(function& f, int to, const function&, int) {
        f.at(to).parameters.push_back(f.values);
        return f.values++;
    }
    template <class Remap>
    static void append_copy(function& f, int to, const function& from, int which, Remap& remap) {
        auto made = from.of(which);
        for (auto& one : made.uses) one = remap.value_of(one);
        for (auto& way : made.targets) {
            way.to = remap.block_of(way.to);
            for (auto& one : way.passed) one = remap.value_of(one);
        }
        if (made.result >= 0) {
            remap.bind_value(made.result, f.values);
            made.result = f.values++;
        }
        f.put(to, std::move(made));
    }
    static void append_jump(function& f, int from, int to, std::span<const int> passed) {
        f.put(from,
              {.op = op::jump, .uses = {}, .targets = {{to, {passed.begin(), passed.end()}}}});
    }
    template <class Remap>
    static std::vector<int> append_call(function&, int, const function&, int, Remap&) {
        return {};
    }
    static void replace(function& f, int old, int by) {
        for (auto& it : f.pool) {
            std::replace(it.uses.begin(), it.uses.end(), old, by);
            for (auto& way : it.targets)
                std::replace(way.passed.begin(), way.passed.end(), old, by);
        }
    }
    static void erase(function& f, int in, int which) { std::erase(f.at(in).instructions, which); }
};

}  // namespace toy

/// 0 + 1 + ... + n, by a loop that goes back to the entry, which so needs its parameters.
toy::function sum_by_loop() {
    toy::function f;
    f.blocks.resize(3);
    f.order = {0, 1, 2};
    f.at(0).parameters = {0, 1};  // n, the sum so far
    f.values = 5;
    f.put(0, {.op = toy::op::branch, .uses = {0}, .targets = {{1, {}}, {2, {}}}});
    f.put(1, {.op = toy::op::add, .uses = {0, 1}, .result = 2});
    f.put(1, {.op = toy::op::number, .uses = {}, .result = 3, .number = -1});
    f.put(1, {.op = toy::op::add, .uses = {0, 3}, .result = 4});
    f.put(1, {.op = toy::op::jump, .uses = {}, .targets = {{0, {4, 2}}}});
    f.put(2, {.op = toy::op::give, .uses = {1}});
    return f;
}

/// Calls it twice.
toy::function twice() {
    toy::function f;
    f.blocks.resize(1);
    f.order = {0};
    f.at(0).parameters = {0};
    f.values = 5;
    f.put(0, {.op = toy::op::number, .uses = {}, .result = 1, .number = 100});
    f.put(0, {.op = toy::op::call, .uses = {0, 1}, .result = 2, .number = 1});
    f.put(0, {.op = toy::op::call, .uses = {0, 2}, .result = 3, .number = 1});
    f.put(0, {.op = toy::op::add, .uses = {3, 0}, .result = 4});
    f.put(0, {.op = toy::op::give, .uses = {4}});
    return f;
}

}  // namespace

TEST_CASE("an IR of the user's own is inlined by the same mechanics") {
    const std::vector<toy::function> all{twice(), sum_by_loop()};
    auto inlined = all[0];
    toy::adapter adapter;
    inlining::inline_call(adapter, inlined, 0, 2, all[1]);
    inlining::inline_call(adapter, inlined, 0, 1, all[1]);
    for (const auto& it : inlined.blocks)
        for (const int number : it.instructions) CHECK(inlined.of(number).op != toy::op::call);
    for (int given = 0; given < 6; ++given)
        CHECK(toy::run(all, inlined, {given}) == toy::run(all, all[0], {given}));
}
